package io.firesteel.layers;

import io.firesteel.saving.Argument;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What happens at the edge of an image that a window slides over: {@code valid} windows lie inside;
 * {@code same} windows start at every stride-th place, and the image is padded evenly, the odd one
 * behind. {@code causal} windows end at every stride-th step of a sequence, which is padded before
 * its start alone.
 */
enum Padding {
  VALID,
  SAME,
  CAUSAL;

  static Padding of(String layer, String padding) {
    return of(layer, padding, List.of(VALID, SAME));
  }

  /** Returns the padding for a convolution along the steps of a sequence. */
  static Padding ofSequence(String layer, String padding) {
    return of(layer, padding, List.of(values()));
  }

  private static Padding of(String layer, String padding, List<Padding> allowed) {
    for (Padding known : allowed) {
      if (known.toString().equals(padding.toLowerCase(Locale.ROOT))) {
        return known;
      }
    }

    String names = allowed.stream().map(Padding::toString).collect(Collectors.joining(", "));
    throw Argument.invalid(layer, "padding", padding, "one of " + names);
  }

  /** Returns the number of windows along an axis, below 1 if the image is too small. */
  int outputs(int input, int size, int stride, int dilation) {
    int span = this == VALID ? extent(size, dilation) : 1;
    return Math.floorDiv(input - span, stride) + 1;
  }

  /** Returns the width of the padding before the image along an axis. */
  int before(int input, int size, int stride, int dilation) {
    if (this == VALID) {
      return 0;
    }

    if (this == CAUSAL) {
      return extent(size, dilation) - 1;
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
