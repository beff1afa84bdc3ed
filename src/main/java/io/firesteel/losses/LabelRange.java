package io.firesteel.losses;

import org.jspecify.annotations.Nullable;

/** Ranges that losses ask of their labels. Each returns what is wrong with the first bad label. */
final class LabelRange {

  private LabelRange() {}

  static @Nullable String nonNegative(String name, float[] labels, int size) {
    return check(name, labels, size, Float.MAX_VALUE, "finite and >= 0");
  }

  static @Nullable String unit(String name, float[] labels, int size) {
    return check(name, labels, size, 1f, "in [0, 1]");
  }

  private static @Nullable String check(
      String name, float[] labels, int size, float most, String allowed) {
    for (int i = 0; i < size; i++) {
      if (!(labels[i] >= 0f && labels[i] <= most)) {
        return "the label %s is not allowed for %s: labels must be %s"
            .formatted(labels[i], name, allowed);
      }
    }

    return null;
  }
}
