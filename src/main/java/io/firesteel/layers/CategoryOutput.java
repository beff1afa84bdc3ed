package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a layer puts out for indices of categories: Keras's {@code output_mode}.
 *
 * <p>Source: Keras 3.15, keras/src/utils/numerical_utils.py, {@code encode_categorical_inputs}.
 */
enum CategoryOutput {
  /** The indices themselves. */
  INT,
  /** A vector for each index, with a 1 in its place; a last axis of extent 1 goes. */
  ONE_HOT,
  /** A vector for each row, with a 1 in the place of each index that it has. */
  MULTI_HOT,
  /** A vector for each row, with how often it has each index. */
  COUNT;

  /** Largest index that is held exactly by a float. */
  static final int MOST = 1 << 24;

  static CategoryOutput of(String owner, String word, CategoryOutput... allowed) {
    String modern = word.equals("binary") ? "multi_hot" : word;
    List<String> words = Arrays.stream(allowed).map(CategoryOutput::word).toList();
    Argument.oneOf(owner, "output_mode", modern, words);
    return allowed[words.indexOf(modern)];
  }

  /** Returns Keras's name of it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  Shape shape(String owner, Shape input, int depth) {
    if (this == INT) {
      return input;
    }

    if (this == ONE_HOT) {
      int rank = input.rank();
      boolean goes = rank > 0 && input.dims()[rank - 1] == 1;
      int[] dims = Arrays.copyOf(input.dims(), goes ? rank : rank + 1);
      dims[dims.length - 1] = depth;
      return Shape.of(dims);
    }

    if (input.rank() != 1) {
      throw new IllegalArgumentException(
          "%s: with output_mode=%s rows must be vectors. Received the shape: %s"
              .formatted(owner, word(), input));
    }

    return Shape.of(depth);
  }

  /** Puts an index of a row out, a negative one nowhere; the output was all zeros before. */
  void put(float[] output, int row, int place, int size, int depth, int index) {
    if (this == INT) {
      output[row * size + place] = index;
    } else if (index >= 0) {
      int vector = this == ONE_HOT ? row * size + place : row;
      int at = vector * depth + index;
      output[at] = this == COUNT ? output[at] + 1 : 1;
    }
  }
}
