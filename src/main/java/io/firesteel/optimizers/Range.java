package io.firesteel.optimizers;

/**
 * Checks of hyper-parameters. Each returns the value, or says which argument is out of which range.
 */
final class Range {

  private Range() {}

  /** A number from 0 to 1. */
  static double unit(String owner, String argument, double value) {
    return value >= 0 && value <= 1 ? value : refuse(owner, argument, value, "in [0, 1]");
  }

  /** A number from 0 to below 1, in float32 too. */
  static double belowOne(String owner, String argument, double value) {
    return value >= 0 && (float) value < 1 ? value : refuse(owner, argument, value, "in [0, 1)");
  }

  /** A number above 0, in float32 too, to 1. */
  static double unitAboveZero(String owner, String argument, double value) {
    return (float) value > 0 && value <= 1 ? value : refuse(owner, argument, value, "in (0, 1]");
  }

  /** A number that is finite in float32. */
  static double finite(String owner, String argument, double value) {
    return isFinite(value) ? value : refuse(owner, argument, value, "finite");
  }

  /** A number of at most 0 that is finite in float32. */
  static double nonPositive(String owner, String argument, double value) {
    return isFinite(value) && value <= 0
        ? value
        : refuse(owner, argument, value, "finite and <= 0");
  }

  /** A number of at least 0 that is finite in float32. */
  static double nonNegative(String owner, String argument, double value) {
    return isFinite(value) && value >= 0
        ? value
        : refuse(owner, argument, value, "finite and >= 0");
  }

  /** A number above 0, in float32 too, that is finite there. */
  static double positive(String owner, String argument, double value) {
    return isFinite(value) && (float) value > 0
        ? value
        : refuse(owner, argument, value, "finite and > 0");
  }

  /** An integer of at least {@code min}. */
  static int atLeast(String owner, String argument, int min, long value) {
    if (value < min || value > Integer.MAX_VALUE) {
      throw error(owner, argument, value, "an integer >= " + min);
    }

    return (int) value;
  }

  private static boolean isFinite(double value) {
    return Float.isFinite((float) value);
  }

  private static double refuse(String owner, String argument, double value, String allowed) {
    throw error(owner, argument, value, allowed);
  }

  static IllegalArgumentException error(
      String owner, String argument, Object value, String allowed) {
    return new IllegalArgumentException(
        "%s: '%s' must be %s. Received: %s".formatted(owner, argument, allowed, value));
  }
}
