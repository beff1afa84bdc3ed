package io.firesteel.losses;

import org.jspecify.annotations.Nullable;

/** What losses ask of their labels. Each check returns what is wrong with the first bad label. */
final class Labels {

  private Labels() {}

  static @Nullable String finite(String name, float[] labels, int size) {
    for (int i = 0; i < size; i++) {
      if (!Float.isFinite(labels[i])) {
        return "the label %s is not allowed for %s: labels must be finite numbers"
            .formatted(labels[i], name);
      }
    }

    return null;
  }

  static @Nullable String nonNegative(String name, float[] labels, int size) {
    return check(name, labels, size, 0f, Float.MAX_VALUE, "finite and >= 0");
  }

  static @Nullable String unit(String name, float[] labels, int size) {
    return check(name, labels, size, 0f, 1f, "in [0, 1]");
  }

  static @Nullable String around(String name, float[] labels, int size) {
    return check(name, labels, size, -1f, 1f, "in [-1, 1]");
  }

  private static @Nullable String check(
      String name, float[] labels, int size, float least, float most, String allowed) {
    for (int i = 0; i < size; i++) {
      if (!(labels[i] >= least && labels[i] <= most)) {
        return "the label %s is not allowed for %s: labels must be %s"
            .formatted(labels[i], name, allowed);
      }
    }

    return null;
  }

  /**
   * Returns the sign that a label of a hinge loss stands for: 0 stands for -1.
   *
   * <p>Source: Keras 3.15, keras/src/losses/losses.py, which looks at a whole batch: labels are
   * replaced if all of them are 0 or 1. For the labels that {@link #signs} allows this is the same.
   */
  static float sign(float label) {
    return label == 0f ? -1f : label;
  }

  /** Asks for 1 and -1, or 1 and 0. */
  static @Nullable String signs(String name, float[] labels, int size) {
    boolean zero = false;
    boolean minus = false;
    for (int i = 0; i < size; i++) {
      zero |= labels[i] == 0f;
      minus |= labels[i] == -1f;
      boolean known = labels[i] == 0f || Math.abs(labels[i]) == 1f;
      if (!known || (zero && minus)) {
        return "the label %s is not allowed for %s: labels must be -1 and 1, or 0 and 1"
            .formatted(labels[i], name);
      }
    }

    return null;
  }

  /** Tells whether a label is a class index. */
  static boolean isClass(float label, int classes) {
    return label >= 0f && label < classes && label == Math.rint(label);
  }

  /** Returns what is wrong with a label that is no class index. */
  static String noClass(String name, float label, int classes) {
    return "the label %s is not allowed for %s: labels must be whole numbers from 0 to %d, one a class"
        .formatted(label, name, classes - 1);
  }

  /** Returns what to do about class numbers where a label has one value a class. */
  static String remedyForClassNumbers(int given) {
    return given == 1
        ? ". Labels that are class numbers go with the loss sparse_categorical_crossentropy"
        : "";
  }
}
