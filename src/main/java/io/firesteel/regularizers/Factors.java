package io.firesteel.regularizers;

/** The check that the factors of all penalties share. */
final class Factors {

  private Factors() {}

  static double check(String owner, String argument, double value) {
    if (!(value >= 0.0 && value < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "%s: '%s' must be a finite number of at least 0. Received: %s"
              .formatted(owner, argument, value));
    }

    return value;
  }
}
