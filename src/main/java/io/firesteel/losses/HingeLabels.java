package io.firesteel.losses;

import org.jspecify.annotations.Nullable;

/**
 * The labels of hinge losses: 1 and -1, or 1 and 0, where 0 stands for -1.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py, which looks at a whole batch: labels are
 * replaced if all of them are 0 or 1. For the labels that are allowed here this is the same.
 */
final class HingeLabels {

  private HingeLabels() {}

  /** Returns the sign that a label stands for. */
  static float sign(float label) {
    return label == 0f ? -1f : label;
  }

  /** Returns what is wrong with the first bad label, or null. */
  static @Nullable String check(String name, float[] labels, int size) {
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
}
