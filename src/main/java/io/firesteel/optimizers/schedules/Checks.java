package io.firesteel.optimizers.schedules;

import org.jspecify.annotations.Nullable;

/** Checks of a schedule's arguments. Each returns the value, or says what is allowed. */
final class Checks {

  private Checks() {}

  /** A rate: finite in float32 and at least 0. */
  static double rate(String owner, String argument, double value) {
    if (!Float.isFinite((float) value) || value < 0) {
      throw error(owner, argument, value, "finite and >= 0");
    }

    return value;
  }

  /** A factor or exponent: finite in float32 and above 0 there. */
  static double positive(String owner, String argument, double value) {
    if (!Float.isFinite((float) value) || !((float) value > 0)) {
      throw error(owner, argument, value, "finite and > 0");
    }

    return value;
  }

  /** A share. */
  static double unit(String owner, String argument, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw error(owner, argument, value, "in [0, 1]");
    }

    return value;
  }

  /** A factor that does not shrink, finite in float32. */
  static double atLeastOne(String owner, String argument, double value) {
    if (!Float.isFinite((float) value) || value < 1) {
      throw error(owner, argument, value, "finite and >= 1");
    }

    return value;
  }

  /** A number of steps that must be there. */
  static long positiveSteps(String owner, String argument, long value) {
    if (value <= 0) {
      throw error(owner, argument, value, "an integer > 0");
    }

    return value;
  }

  /** A number of steps. */
  static long steps(String owner, String argument, long value) {
    if (value < 0) {
      throw error(owner, argument, value, "an integer >= 0");
    }

    return value;
  }

  static IllegalArgumentException error(
      String owner, String argument, @Nullable Object value, String allowed) {
    return new IllegalArgumentException(
        "%s: '%s' must be %s. Received: %s".formatted(owner, argument, allowed, value));
  }
}
