package io.firesteel.callbacks;

import java.io.Console;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows how training goes: in a terminal a bar as Keras draws it, elsewhere a line after the first
 * step, after the first epoch, every ten seconds, and at the end.
 *
 * <pre>
 * 12/24 ━━━━━━━━━━━━━━━━━━━━ 3s 250ms/step 512 samples/s - accuracy: 0.9713 - loss: 0.1021
 * Epoch 3/25 - 12/24 - 3s 250ms/step 512 samples/s ETA 3s - accuracy: 0.9713 - loss: 0.1021
 * </pre>
 *
 * <p>In the bar the time is what the epoch still takes, and at its end what it took; in a line it
 * is what it took so far. Loss and metrics are those of the epoch so far; at its end those of its
 * validation follow.
 *
 * <p>Source: Keras 3.15, keras/src/utils/progbar.py. Differs from Keras: the samples a second, and
 * the lines.
 */
public final class ProgbarLogger extends Callback {

  /** How much is shown. */
  public enum Display {
    /** Redraws one line, for terminals. */
    BAR,
    /** Prints a line at intervals, for log files. */
    LINES,
    /** Prints one line an epoch. */
    EPOCHS
  }

  /** How often {@link Display#LINES} prints unless it is said. */
  public static final Duration INTERVAL = Duration.ofSeconds(10);

  private static final long REDRAW_NANOS = 50_000_000L;

  private final Display display;
  private final PrintStream out;
  private final LongSupplier nanoTime;
  private final ProgressBar bar;
  private final long lineNanos;

  private TrainingParams params = new TrainingParams(0, 0, 0, 0);
  private ProgressText text = new ProgressText(params);
  private int epoch;
  private long epochStart;
  private long lastShown;
  private long lastEpochShown;
  private boolean shownNone;

  /** Creates the callback for the standard output. */
  public ProgbarLogger(Display display) {
    this(display, INTERVAL);
  }

  /**
   * Creates the callback for the standard output.
   *
   * @param interval the time between two lines of {@link Display#LINES}
   * @throws IllegalArgumentException if the interval is negative
   */
  public ProgbarLogger(Display display, Duration interval) {
    this(display, interval, System.out, ProgressBar.forStandardOutput(), System::nanoTime);
  }

  ProgbarLogger(
      Display display, Duration interval, PrintStream out, ProgressBar bar, LongSupplier nanoTime) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException(
          "The interval of progress lines must not be negative. Received: " + interval);
    }

    this.display = display;
    this.lineNanos = interval.toNanos();
    this.out = out;
    this.bar = bar;
    this.nanoTime = nanoTime;
  }

  /** Returns the bar if the process has a terminal, else the lines. */
  public static ProgbarLogger auto() {
    return auto(INTERVAL);
  }

  /** Returns the bar if the process has a terminal, else the lines at an interval. */
  public static ProgbarLogger auto(Duration interval) {
    return new ProgbarLogger(hasTerminal() ? Display.BAR : Display.LINES, interval);
  }

  /* Since Java 22 there is a console without a terminal, too, which says so by isTerminal. */
  static boolean hasTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }

    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (ReflectiveOperationException e) {
      return true;
    }
  }

  @Override
  public void onTrainBegin(TrainingParams params) {
    this.params = params;
    this.text = new ProgressText(params);
    this.shownNone = true;
  }

  @Override
  public void onEpochBegin(int epoch) {
    this.epoch = epoch;
    epochStart = nanoTime.getAsLong();
    text.beginEpoch();
    if (shownNone) {
      lastEpochShown = epochStart - lineNanos;
      lastShown = lastEpochShown;
      shownNone = false;
    }

    if (display == Display.BAR) {
      bar.begin();
      lastShown = epochStart;
      if (params.epochs() > 1) {
        out.printf("Epoch %d/%d%n", epoch + 1, params.epochs());
      }
    }
  }

  @Override
  public void onEpochResume(int epoch, int batch) {
    onEpochBegin(epoch);
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    text.batchDone(batch);
    if (display == Display.EPOCHS) {
      return;
    }

    long now = nanoTime.getAsLong();
    double seconds = (now - epochStart) / 1e9;
    if (display == Display.BAR && now - lastShown >= REDRAW_NANOS) {
      lastShown = now;
      bar.draw(out, text, seconds, text.remaining(seconds), logs);
    } else if (display == Display.LINES
        && now - lastShown >= lineNanos
        && batch + 1 < params.batches()) {
      lastShown = now;
      out.println(text.line(epoch, seconds, logs));
    }
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    long now = nanoTime.getAsLong();
    double seconds = (now - epochStart) / 1e9;
    if (display == Display.BAR) {
      bar.draw(out, text, seconds, seconds, logs);
      bar.end(out);
    } else if (display == Display.EPOCHS || isDue(now)) {
      lastEpochShown = now;
      lastShown = now;
      out.println(text.line(epoch, seconds, logs));
    }
  }

  /** Short epochs share a line; the first one and the last have one of their own. */
  private boolean isDue(long now) {
    return now - lastEpochShown >= lineNanos || epoch + 1 >= params.epochs();
  }

  /** Tells whether the standard output can show a character. */
  static boolean standardOutputHas(char character) {
    String name =
        System.getProperty(
            "stdout.encoding",
            System.getProperty("sun.stdout.encoding", Charset.defaultCharset().name()));
    return Charset.isSupported(name) && Charset.forName(name).newEncoder().canEncode(character);
  }

  static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) > 1e-3 ? "%.4f" : "%.4e", value);
  }

  /**
   * The line that is redrawn in place. On a terminal it has Keras's colours, and is cut at the
   * right edge until its last drawing, as a line that wraps can't be redrawn.
   */
  static final class ProgressBar {

    private static final int WIDTH = 20;
    private static final String WRAP_OFF = "\u001b[?7l";
    private static final String WRAP_ON = "\u001b[?7h";
    private static final String BOLD = "\u001b[1m";
    private static final String GREEN = "\u001b[32m";
    private static final String WHITE = "\u001b[37m";
    private static final String PLAIN = "\u001b[0m";

    private final boolean escapes;
    private final String filled;
    private final String empty;
    private int previousLength;
    private @Nullable String drawn;

    /** Creates a bar with or without escape sequences, of the given characters. */
    private ProgressBar(boolean escapes, String filled, String empty) {
      this.escapes = escapes;
      this.filled = filled;
      this.empty = empty;
    }

    /** Returns a bar of plain text. */
    static ProgressBar plain() {
      return new ProgressBar(false, "━", " ");
    }

    /** Returns a bar with colours, which show how far it is. */
    static ProgressBar coloured() {
      return new ProgressBar(true, "━", "━");
    }

    /** Returns the bar that the standard output of this process can show. */
    static ProgressBar forStandardOutput() {
      boolean ascii = !ProgbarLogger.standardOutputHas('━');
      boolean plain =
          System.getenv("NO_COLOR") != null
              || "dumb".equals(System.getenv("TERM"))
              || !ProgbarLogger.hasTerminal();
      if (plain) {
        return ascii ? new ProgressBar(false, "=", " ") : plain();
      }

      return ascii ? new ProgressBar(true, "=", "-") : coloured();
    }

    void begin() {
      previousLength = 0;
      drawn = null;
    }

    /** Draws the line over the one before. */
    void draw(
        PrintStream out, ProgressText text, double seconds, double time, Map<String, Double> logs) {
      int cells = (int) Math.floor(WIDTH * text.fraction());
      String rest = " " + text.pace(seconds) + ProgressText.values(logs);
      String clock = ProgressText.duration(time);
      int length = text.steps().length() + WIDTH + clock.length() + rest.length() + 2;
      String padding = " ".repeat(Math.max(0, previousLength - length));
      previousLength = length;
      drawn =
          styled(BOLD, text.steps())
              + " "
              + styled(GREEN, filled.repeat(cells))
              + styled(WHITE, empty.repeat(WIDTH - cells))
              + " "
              + styled(BOLD, clock)
              + rest
              + padding;
      out.print(escapes ? "\r" + WRAP_OFF + drawn + WRAP_ON : "\r" + drawn);
      out.flush();
    }

    /** Leaves the line as it stands, whole. */
    void end(PrintStream out) {
      if (escapes && drawn != null) {
        out.print("\r" + drawn);
      }

      out.println();
      out.flush();
    }

    private String styled(String style, String text) {
      return escapes && !text.isEmpty() ? style + text + PLAIN : text;
    }
  }
}
