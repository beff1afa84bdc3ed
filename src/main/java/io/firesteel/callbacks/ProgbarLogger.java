package io.firesteel.callbacks;

import java.io.Console;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Shows how training goes: in a terminal a bar as Keras draws it, elsewhere a line every ten
 * seconds and at the end of each epoch.
 *
 * <p>A line reads {@code 24/24 ━━━━ 1s 3ms/step - accuracy: 0.9713 - loss: 0.1021}; loss and
 * metrics are those of the epoch so far.
 *
 * <p>Source: Keras 3.15, keras/src/utils/progbar.py.
 */
public final class ProgbarLogger extends Callback {

  /** How much is shown. */
  public enum Display {
    /** Redraws one line, for terminals. */
    BAR,
    /** Prints a line every ten seconds and one an epoch, for log files. */
    LINES,
    /** Prints one line an epoch. */
    EPOCHS
  }

  private static final int WIDTH = 20;
  private static final long REDRAW_NANOS = 50_000_000L;
  private static final long LINE_NANOS = 10_000_000_000L;

  private final Display display;
  private final PrintStream out;
  private final LongSupplier nanoTime;

  private TrainingParams params = new TrainingParams(0, 0, 0);
  private long epochStart;
  private long lastShown;
  private int firstBatch = -1;
  private int previousLength;

  /** Creates the callback for the standard output. */
  public ProgbarLogger(Display display) {
    this(display, System.out, System::nanoTime);
  }

  ProgbarLogger(Display display, PrintStream out, LongSupplier nanoTime) {
    this.display = display;
    this.out = out;
    this.nanoTime = nanoTime;
  }

  /** Returns the bar if the process has a terminal, else the lines. */
  public static ProgbarLogger auto() {
    return new ProgbarLogger(hasTerminal() ? Display.BAR : Display.LINES);
  }

  /* Since Java 22 there is a console without a terminal, too, which says so by isTerminal. */
  private static boolean hasTerminal() {
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
  }

  @Override
  public void onEpochBegin(int epoch) {
    epochStart = nanoTime.getAsLong();
    lastShown = epochStart;
    firstBatch = -1;
    previousLength = 0;
    if (params.epochs() > 1 && display != Display.EPOCHS) {
      out.printf("Epoch %d/%d%n", epoch + 1, params.epochs());
    }
  }

  @Override
  public void onEpochResume(int epoch, int batch) {
    onEpochBegin(epoch);
  }

  @Override
  public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
    if (firstBatch < 0) {
      firstBatch = batch;
    }

    if (display == Display.EPOCHS) {
      return;
    }

    long now = nanoTime.getAsLong();
    if (now - lastShown >= (display == Display.BAR ? REDRAW_NANOS : LINE_NANOS)) {
      lastShown = now;
      show(line(batch + 1, now, logs, false), false);
    }
  }

  @Override
  public void onEpochEnd(int epoch, Map<String, Double> logs) {
    if (display == Display.EPOCHS) {
      out.printf("Epoch %d/%d - ", epoch + 1, params.epochs());
    }

    show(line(params.batches(), nanoTime.getAsLong(), logs, true), true);
  }

  private String line(int done, long now, Map<String, Double> logs, boolean last) {
    int width = Integer.toString(params.batches()).length();
    int filled = params.batches() == 0 ? WIDTH : WIDTH * done / params.batches();
    StringBuilder line = new StringBuilder();
    line.append(String.format(Locale.ROOT, "%" + width + "d/%d ", done, params.batches()));
    line.append("━".repeat(filled)).append(" ".repeat(WIDTH - filled)).append(' ');
    double seconds = (now - epochStart) / 1e9;
    double perStep = seconds / Math.max(1, done - Math.max(0, firstBatch));
    line.append(duration(last ? seconds : perStep * (params.batches() - done)));
    line.append(' ').append(timePerStep(perStep));
    logs.forEach(
        (name, value) -> line.append(" - ").append(name).append(": ").append(number(value)));
    return line.toString();
  }

  private void show(String line, boolean last) {
    if (display != Display.BAR) {
      out.println(line);
      return;
    }

    String padding = " ".repeat(Math.max(0, previousLength - line.length()));
    out.print("\r" + line + padding + (last ? System.lineSeparator() : ""));
    out.flush();
    previousLength = line.length();
  }

  private static String duration(double seconds) {
    long whole = (long) seconds;
    if (whole > 3600) {
      return String.format(
          Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
    }

    return whole > 60 ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60) : whole + "s";
  }

  private static String timePerStep(double seconds) {
    if (seconds >= 1) {
      return String.format(Locale.ROOT, "%.0fs/step", seconds);
    }

    return seconds >= 1e-3
        ? String.format(Locale.ROOT, "%.0fms/step", seconds * 1e3)
        : String.format(Locale.ROOT, "%.0fus/step", seconds * 1e6);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) > 1e-3 ? "%.4f" : "%.4e", value);
  }
}
