package io.firesteel.callbacks;

import java.io.PrintStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The line that is redrawn in place. On a terminal it has Keras's colours, and is cut at the right
 * edge until its last drawing, as a line that wraps can't be redrawn.
 */
final class ProgressBar {

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
