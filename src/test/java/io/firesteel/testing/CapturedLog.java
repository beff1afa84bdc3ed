package io.firesteel.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;

/** What a class logs at a level and above while this is open. */
public final class CapturedLog extends AbstractAppender implements AutoCloseable {

  private final Logger logger;
  private final Level before;
  private final Level captured;
  private final List<String> messages = Collections.synchronizedList(new ArrayList<>());

  private CapturedLog(Logger logger, Level captured) {
    super("captured", null, null, true, Property.EMPTY_ARRAY);
    this.logger = logger;
    this.before = logger.getLevel();
    this.captured = captured;
  }

  /** Starts to capture warnings and errors. */
  public static CapturedLog of(Class<?> type) {
    return of(type, Level.WARN);
  }

  /** Starts to capture warnings and errors of a class that can't be named. */
  public static CapturedLog of(String type) {
    return of(LogManager.getLogger(type), Level.WARN);
  }

  /** Starts to capture what is of a level or above. */
  public static CapturedLog of(Class<?> type, Level level) {
    return of(LogManager.getLogger(type), level);
  }

  /* In the configuration, where it stays when Spark sets its own level. */
  private static CapturedLog of(org.apache.logging.log4j.Logger logger, Level level) {
    CapturedLog log = new CapturedLog((Logger) logger, level);
    log.start();
    log.logger.addAppender(log);
    Configurator.setLevel(log.logger, level);
    return log;
  }

  /** Returns the messages, one a line. */
  public String text() {
    return String.join("\n", messages);
  }

  @Override
  public void append(LogEvent event) {
    if (event.getLevel().isMoreSpecificThan(captured)) {
      messages.add(event.getMessage().getFormattedMessage());
    }
  }

  @Override
  public void close() {
    logger.removeAppender(this);
    Configurator.setLevel(logger, before);
    stop();
  }
}
