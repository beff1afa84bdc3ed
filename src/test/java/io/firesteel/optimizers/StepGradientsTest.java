package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StepGradientsTest {

  /** Keeps what is logged. */
  private static final class Messages extends AbstractAppender {
    private final List<String> messages = new ArrayList<>();

    Messages() {
      super("messages", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      messages.add(event.getLevel() + " " + event.getMessage().getFormattedMessage());
    }
  }

  private final Messages log = new Messages();
  private Level before = Level.ERROR;
  private final Logger logger = (Logger) LogManager.getLogger(StepGradients.class);

  @BeforeEach
  void listen() {
    log.start();
    before = logger.getLevel();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
  }

  @AfterEach
  void stopListening() {
    logger.removeAppender(log);
    logger.setLevel(before);
  }

  @Test
  void warnsOnceOfVariablesWithoutAGradient() {
    Variable a = Variable.of("a", "a", Shape.of(1), new float[1]);
    Variable b = Variable.of("b", "b", Shape.of(1), new float[1]);
    Variable c = Variable.of("c", "c", Shape.of(1), new float[1]);
    GradAndVar gradient = new GradAndVar(Tensor.of(1), a);
    SGD optimizer = SGD.builder().build();
    optimizer.build(List.of(a, b, c));
    List<GradAndVar> first = List.of(new GradAndVar(null, c), gradient, new GradAndVar(null, b));
    optimizer.applyGradients(first);
    optimizer.applyGradients(first);
    optimizer.applyGradients(List.of(gradient, new GradAndVar(null, b)));
    assertEquals(
        List.of(
            "WARN These variables have no gradient and are not updated: [c, b]",
            "WARN These variables have no gradient and are not updated: [b]"),
        log.messages);
  }
}
