package io.firesteel.layers;

import io.firesteel.saving.Argument;
import java.util.Locale;

/**
 * What happens at the edge of an image that a window slides over: {@code valid} windows lie inside;
 * {@code same} windows start at every stride-th place, and the image is padded evenly, the odd one
 * behind.
 */
enum Padding {
  VALID,
  SAME;

  static Padding of(String layer, String padding) {
    for (Padding known : values()) {
      if (known.toString().equals(padding.toLowerCase(Locale.ROOT))) {
        return known;
      }
    }

    throw Argument.invalid(layer, "padding", padding, "one of valid, same");
  }

  /** Returns the number of windows along an axis, below 1 if the image is too small. */
  int outputs(int input, int size, int stride, int dilation) {
    int span = this == SAME ? 1 : extent(size, dilation);
    return Math.floorDiv(input - span, stride) + 1;
  }

  /** Returns the width of the padding before the image along an axis. */
  int before(int input, int size, int stride, int dilation) {
    if (this == VALID) {
      return 0;
    }

    int needed = (outputs(input, size, stride, dilation) - 1) * stride + extent(size, dilation);
    return Math.max(0, needed - input) / 2;
  }

  private static int extent(int size, int dilation) {
    return dilation * (size - 1) + 1;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
