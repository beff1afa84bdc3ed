package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An array as the value of {@link Constant}: lists in lists, or Keras's serialized form of an array
 * of numpy or of a tensor.
 *
 * @param given as it stands in a config
 * @param dims its extents
 * @param values row-major
 */
record ConstantArray(Object given, int[] dims, float[] values) {

  private static final String ALLOWED = "a number or an array of numbers";

  /**
   * Reads the argument {@code value}, which is no number.
   *
   * @throws IllegalArgumentException if it is no array of finite numbers
   */
  static ConstantArray read(ConfigReader arguments, Object given) {
    Object lists = given;
    if (given instanceof Config serialized
        && serialized.get("class_name") instanceof String name
        && (name.equals("__numpy__") || name.equals("__tensor__"))
        && serialized.get("config") instanceof Config config) {
      lists = config.get("value");
    }

    List<Integer> dims = new ArrayList<>();
    List<Float> values = new ArrayList<>();
    if (!(lists instanceof List<?>) || !add(lists, 0, dims, values)) {
      throw arguments.invalid("value", ALLOWED);
    }

    float[] flat = new float[values.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = values.get(i);
    }

    return new ConstantArray(given, dims.stream().mapToInt(Integer::intValue).toArray(), flat);
  }

  /** Adds the numbers in a list to the values; tells whether it has the form of its siblings. */
  private static boolean add(
      @Nullable Object item, int depth, List<Integer> dims, List<Float> values) {
    if (item instanceof Number number) {
      values.add(number.floatValue());
      return depth == dims.size() && Float.isFinite(number.floatValue());
    }

    if (!(item instanceof List<?> list) || list.isEmpty()) {
      return false;
    }

    if (depth == dims.size() && values.isEmpty()) {
      dims.add(list.size());
    }

    if (depth >= dims.size() || dims.get(depth) != list.size()) {
      return false;
    }

    return list.stream().allMatch(inner -> add(inner, depth + 1, dims, values));
  }

  /**
   * Returns the values of a variable, as arrays broadcast: along an axis of extent 1, and along
   * axes that the array lacks in front, values repeat.
   *
   * @throws IllegalArgumentException if the variable has another shape
   */
  float[] call(Shape shape) {
    int missing = shape.rank() - dims.length;
    int[] strides = new int[shape.rank()];
    int stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      int extent = dims[axis];
      if (missing < 0 || (extent != 1 && extent != shape.dim(missing + axis))) {
        throw new IllegalArgumentException(
            "Constant: 'value' must have the shape of the variable, %s, or one that broadcasts to it. Received an array of shape %s"
                .formatted(shape, Shape.of(dims)));
      }

      strides[missing + axis] = extent == 1 ? 0 : stride;
      stride *= extent;
    }

    float[] all = new float[shape.size()];
    for (int i = 0; i < all.length; i++) {
      int rest = i;
      int from = 0;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        from += rest % shape.dim(axis) * strides[axis];
        rest /= shape.dim(axis);
      }

      all[i] = values[from];
    }

    return all;
  }
}
