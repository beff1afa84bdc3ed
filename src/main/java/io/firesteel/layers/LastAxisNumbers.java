package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** One finite number for all values of a row, or one for each place of its last axis. */
final class LastAxisNumbers {

  private final List<Double> numbers;
  private final boolean single;
  private final float[] floats;

  private LastAxisNumbers(String layer, String argument, List<Double> numbers, boolean single) {
    this.numbers = List.copyOf(numbers);
    this.single = single;
    this.floats = new float[numbers.size()];
    if (numbers.isEmpty()) {
      throw new IllegalArgumentException(
          "%s: '%s' must be a number or a list of numbers. Received: []"
              .formatted(layer, argument));
    }

    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) Argument.finite(layer, argument, numbers.get(i));
    }
  }

  static LastAxisNumbers of(String layer, String argument, double number) {
    return new LastAxisNumbers(layer, argument, List.of(number), true);
  }

  static LastAxisNumbers of(String layer, String argument, double[] numbers) {
    List<Double> list = new ArrayList<>();
    for (double number : numbers) {
      list.add(number);
    }

    return new LastAxisNumbers(layer, argument, list, false);
  }

  static LastAxisNumbers read(ConfigReader reader, String layer, String key) {
    return reader.any(key) instanceof List<?>
        ? new LastAxisNumbers(layer, key, reader.numbers(key), false)
        : of(layer, key, reader.number(key));
  }

  void requireFits(String layer, String argument, Shape row) {
    if (floats.length > 1 && floats.length != LastAxis.width(row)) {
      throw new IllegalArgumentException(
          "%s: '%s' must be one number, or one for each of the %d values of the last axis. Received: %s"
              .formatted(layer, argument, LastAxis.width(row), numbers));
    }
  }

  boolean isSingle() {
    return floats.length == 1;
  }

  int size() {
    return floats.length;
  }

  /** Returns the number for a place along several axes, of which the last one counts. */
  float cyclic(int place) {
    return floats[place % floats.length];
  }

  /** Returns the number for a place of the last axis. */
  float at(int place) {
    return floats.length == 1 ? floats[0] : floats[place];
  }

  /** Returns what stands in a config: a number or a list, as it was given. */
  Object toConfig() {
    return single ? numbers.get(0) : numbers;
  }
}
