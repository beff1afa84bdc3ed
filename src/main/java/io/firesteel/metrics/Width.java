package io.firesteel.metrics;

/** The width of predictions, which some metrics have to know before they count. */
final class Width {

  private Width() {}

  /** Returns the width, which is 0 as long as nobody said it. */
  static int known(String name, int width) {
    if (width == 0) {
      throw new IllegalStateException(
          "The metric %s does not know the width of predictions: call forWidth first"
              .formatted(name));
    }

    return width;
  }
}
