package io.firesteel.saving;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Checks of arguments, in one wording for all classes: {@code Adam: 'beta_1' must be in [0, 1).
 * Received: 1.5}. Each check returns the value, or throws an {@link IllegalArgumentException} with
 * the owner, the argument, what is allowed and what was received.
 *
 * <p>The owner is the simple name of the class whose argument it is, or the call ({@code fit}); the
 * argument has Keras's name. Numbers of type {@code double} end as float32, so "finite" and "above
 * 0" are meant there.
 */
public final class Argument {

  private Argument() {}

  /** Checks a number that must be finite. */
  public static double finite(String owner, String argument, double value) {
    return require(owner, argument, value, isFinite(value), "finite");
  }

  /** Checks a number that must be finite and at least 0. */
  public static double nonNegative(String owner, String argument, double value) {
    return require(owner, argument, value, isFinite(value) && value >= 0, "finite and >= 0");
  }

  /** Checks a number that must be finite and at most 0. */
  public static double nonPositive(String owner, String argument, double value) {
    return require(owner, argument, value, isFinite(value) && value <= 0, "finite and <= 0");
  }

  /** Checks a number that must be finite and above 0. */
  public static double positive(String owner, String argument, double value) {
    return require(owner, argument, value, isFinite(value) && isAboveZero(value), "finite and > 0");
  }

  /** Checks a number that must be finite and at least {@code min}. */
  public static double atLeast(String owner, String argument, double min, double value) {
    return require(
        owner, argument, value, isFinite(value) && value >= min, "finite and >= " + plain(min));
  }

  /** Checks a number from 0 to 1. */
  public static double unit(String owner, String argument, double value) {
    return require(owner, argument, value, value >= 0 && value <= 1, "in [0, 1]");
  }

  /** Checks a number from 0 to below 1. */
  public static double belowOne(String owner, String argument, double value) {
    return require(owner, argument, value, value >= 0 && (float) value < 1, "in [0, 1)");
  }

  /** Checks a number above 0, to 1. */
  public static double unitAboveZero(String owner, String argument, double value) {
    return require(owner, argument, value, isAboveZero(value) && value <= 1, "in (0, 1]");
  }

  /** Checks a number above 0 and below 1. */
  public static double insideUnit(String owner, String argument, double value) {
    return require(owner, argument, value, isAboveZero(value) && (float) value < 1, "in (0, 1)");
  }

  /** Checks an integer that must be at least {@code min}. */
  public static long integer(String owner, String argument, long min, long value) {
    return require(owner, argument, value, value >= min, "an integer >= " + min);
  }

  /** Checks an integer that must be from {@code min} to {@code max}. */
  public static long integer(String owner, String argument, long min, long max, long value) {
    boolean ok = value >= min && value <= max;
    return require(owner, argument, value, ok, "an integer from %d to %d".formatted(min, max));
  }

  /** Checks a size or a count, which must be at least {@code min} and an {@code int}. */
  public static int size(String owner, String argument, int min, long value) {
    boolean ok = value >= min && value <= Integer.MAX_VALUE;
    return (int) (long) require(owner, argument, value, ok, "an integer >= " + min);
  }

  /** Checks a text that must not be blank. */
  public static String notBlank(String owner, String argument, String value) {
    if (value.isBlank()) {
      throw invalid(owner, argument, "'" + value + "'", "a text that is not blank");
    }

    return value;
  }

  /** Checks a text that must be one of those allowed; {@code null} among them allows null. */
  public static <T extends @Nullable Object> T oneOf(
      String owner, String argument, T value, List<? extends @Nullable Object> allowed) {
    List<String> names = allowed.stream().map(String::valueOf).toList();
    boolean ok = names.contains(String.valueOf(value));
    return require(owner, argument, value, ok, "one of " + String.join(", ", names));
  }

  /**
   * Checks a condition of an argument's own.
   *
   * @param ok whether the value is allowed
   * @param allowed what is allowed, to be read after "must be"
   */
  public static <T extends @Nullable Object> T require(
      String owner, String argument, T value, boolean ok, String allowed) {
    if (!ok) {
      throw invalid(owner, argument, value, allowed);
    }

    return value;
  }

  /** Returns the error of an argument, see {@link #require}. */
  public static IllegalArgumentException invalid(
      String owner, String argument, @Nullable Object value, String allowed) {
    return new IllegalArgumentException(
        "%s: '%s' must be %s. Received: %s".formatted(owner, argument, allowed, value));
  }

  /**
   * Returns {@code " Did you mean 'x'?"} with the known name that is most like another one, in any
   * case of letters, or an empty text if none is like it.
   */
  public static String didYouMean(String name, Collection<String> known) {
    String nearest = "";
    int least = name.length() / 3 + 1;
    for (String candidate : known) {
      int edits = edits(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
      if (edits < least && edits < candidate.length()) {
        least = edits;
        nearest = candidate;
      }
    }

    return nearest.isEmpty() ? "" : " Did you mean '%s'?".formatted(nearest);
  }

  /** Counts letters to insert, to delete, to replace, and neighbours to exchange. */
  private static int edits(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        cost[i][j] = i == 0 || j == 0 ? i + j : cheapest(from, to, cost, i, j);
      }
    }

    return cost[from.length()][to.length()];
  }

  private static int cheapest(String from, String to, int[][] cost, int i, int j) {
    boolean same = from.charAt(i - 1) == to.charAt(j - 1);
    int least = Math.min(cost[i - 1][j], cost[i][j - 1]) + 1;
    least = Math.min(least, cost[i - 1][j - 1] + (same ? 0 : 1));
    boolean exchanged =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return exchanged ? Math.min(least, cost[i - 2][j - 2] + 1) : least;
  }

  private static boolean isFinite(double value) {
    return Float.isFinite((float) value);
  }

  private static boolean isAboveZero(double value) {
    return (float) value > 0;
  }

  private static String plain(double value) {
    return value == (long) value ? Long.toString((long) value) : Double.toString(value);
  }
}
