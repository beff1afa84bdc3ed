package io.firesteel.layers;

import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which values of a row a dropout keeps or drops together: along an axis of extent 1 they share one
 * random number, along the others each has its own (Keras 3.15's {@code noise_shape}).
 *
 * <p>Stricter than Keras: the first extent, that of the rows, must be null, so that a row's numbers
 * do not depend on how many rows there are beside it.
 *
 * @param extents the extents, that of the rows first; null is that of the input; null as a whole
 *     gives each value its own number
 */
record NoiseShape(String layer, @Nullable List<@Nullable Integer> extents) {

  /** Checks what can be checked without the input. */
  NoiseShape {
    boolean fits = extents == null || (!extents.isEmpty() && extents.get(0) == null);
    for (int i = 0; fits && extents != null && i < extents.size(); i++) {
      Integer extent = extents.get(i);
      fits = extent == null || extent >= 1;
    }

    if (!fits) {
      throw new IllegalArgumentException(
          layer
              + ": 'noise_shape' must be null, or null for the rows and then integers >= 1 or null."
              + " Received: "
              + extents);
    }
  }

  static NoiseShape none(String layer) {
    return new NoiseShape(layer, null);
  }

  static NoiseShape of(String layer, @Nullable Integer... extents) {
    return new NoiseShape(layer, Arrays.asList(extents.clone()));
  }

  static NoiseShape read(String layer, ConfigReader reader) {
    Object given = reader.any("noise_shape");
    if (given == null) {
      return none(layer);
    }

    if (!(given instanceof List<?> list)) {
      throw reader.invalid("noise_shape", "null or a list");
    }

    List<@Nullable Integer> extents = new ArrayList<>();
    for (Object extent : list) {
      if (extent == null) {
        extents.add(null);
      } else if (extent instanceof Number number && number.intValue() == number.doubleValue()) {
        extents.add(number.intValue());
      } else {
        throw reader.invalid("noise_shape", "null or a list of integers and null");
      }
    }

    return new NoiseShape(layer, extents);
  }

  /**
   * Returns the input's shape.
   *
   * @throws IllegalArgumentException if this is no noise shape for such inputs
   */
  Shape require(Shape input) {
    if (extents == null) {
      return input;
    }

    boolean fits = extents.size() == input.rank() + 1;
    for (int axis = 0; fits && axis < input.rank(); axis++) {
      Integer extent = extents.get(axis + 1);
      fits = extent == null || extent == 1 || extent == input.dim(axis);
    }

    if (!fits) {
      throw new IllegalArgumentException(
          ("%s: 'noise_shape' must have null for the rows, and null, 1 or the extent of the input"
                  + " for each axis of a row. Received: %s for rows of shape %s")
              .formatted(layer, extents, input));
    }

    return input;
  }

  /**
   * Sets each value of a batch to 0 with a probability, else to another one; values that go
   * together become the same.
   */
  void fill(Shape input, int rows, RandomStream random, double rate, float kept, float[] values) {
    float drop = (float) rate;
    int size = input.size();
    if (extents == null) {
      for (int i = 0; i < rows * size; i++) {
        values[i] = random.nextFloat() < drop ? 0.0f : kept;
      }

      return;
    }

    int[] places = places(extents, input);
    int last = places[size - 1];
    float[] drawn = new float[last + 1];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i <= last; i++) {
        drawn[i] = random.nextFloat() < drop ? 0.0f : kept;
      }

      for (int i = 0; i < size; i++) {
        values[row * size + i] = drawn[places[i]];
      }
    }
  }

  /** Returns which of a row's random numbers each of its values has; the last has the last one. */
  private static int[] places(List<@Nullable Integer> extents, Shape input) {
    int[] places = new int[input.size()];
    int before = input.size();
    for (int axis = 0; axis < input.rank(); axis++) {
      Integer extent = extents.get(axis + 1);
      before /= input.dim(axis);
      if (extent == null || extent > 1) {
        for (int i = 0; i < places.length; i++) {
          places[i] = places[i] * input.dim(axis) + i / before % input.dim(axis);
        }
      }
    }

    return places;
  }
}
