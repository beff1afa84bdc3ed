package io.firesteel.training;

import io.firesteel.internal.data.NamedParts;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How the values of a row are shared out among inputs, or its labels among outputs, by their names.
 *
 * @param kind {@code input} or {@code output}
 * @param widths the number of values of each, in the order in which they stand in a row
 */
record NamedArrays(String kind, Map<String, Integer> widths) {

  /**
   * Returns the parts of arrays of rows by name.
   *
   * @throws IllegalArgumentException if there are none, or one has no rows
   */
  static NamedArrays of(String kind, Map<String, float[][]> arrays) {
    Map<String, Integer> widths = new LinkedHashMap<>();
    arrays.forEach(
        (name, rows) -> {
          if (rows.length == 0) {
            throw new IllegalArgumentException("The %s '%s' has no rows".formatted(kind, name));
          }

          widths.put(name, rows[0].length);
        });
    if (widths.isEmpty()) {
      throw new IllegalArgumentException("The data has no %ss".formatted(kind));
    }

    return new NamedArrays(kind, widths);
  }

  /** Returns the values of all parts, row by row. */
  float[][] join(Map<String, float[][]> arrays) {
    int rows = arrays.values().iterator().next().length;
    float[][] joined = new float[rows][];
    for (int row = 0; row < rows; row++) {
      float[] values = {};
      for (Map.Entry<String, float[][]> part : arrays.entrySet()) {
        RowArrays.requireRows(
            "%s '%s'".formatted(kind, part.getKey()), rows, part.getValue().length);
        RowArrays.requireValues(
            "%s '%s'".formatted(kind, part.getKey()),
            row,
            part.getValue()[row],
            widths.getOrDefault(part.getKey(), 0));
        values = RowArrays.concat(values, part.getValue()[row]);
      }

      joined[row] = values;
    }

    return joined;
  }

  /**
   * Returns for each value of a row, as a network takes it, the place of the row where it is.
   *
   * @param inputs how the features are shared out, or null if they are in the network's order
   * @param outputs how the labels are, or null
   * @param weights how the weights are, or null; those of a row are repeated for each of its
   *     samples
   */
  static int[] places(
      @Nullable NamedArrays inputs,
      @Nullable NamedArrays outputs,
      @Nullable NamedArrays weights,
      RowLayout layout,
      Network network) {
    int plain = layout.featureWidth() + layout.labelWidth();
    int[] places =
        new int[weights == null ? layout.width() : plain + network.objectives().samplesPerRow()];
    Arrays.setAll(places, i -> i);
    String model = network.modelName();
    if (inputs != null) {
      List<Integer> sizes = network.inputs().stream().map(input -> input.shape().size()).toList();
      put(inputs.placesFor(model, network.model().inputNames(), sizes), places, 0);
    }

    if (outputs != null) {
      List<NetworkOutput> measured =
          network.outputs().stream().filter(output -> output.labelWidth() > 0).toList();
      List<String> names = measured.stream().map(NetworkOutput::name).toList();
      List<Integer> sizes = measured.stream().map(NetworkOutput::labelWidth).toList();
      put(outputs.placesFor(model, names, sizes), places, layout.featureWidth());
    }

    if (weights != null) {
      put(weights.placesOfWeights(network), places, plain);
    }

    return places;
  }

  /** Returns where the weight of each sample of a row stands, one output after the other. */
  private int[] placesOfWeights(Network network) {
    List<NetworkOutput> measured =
        network.outputs().stream().filter(output -> output.loss() != null).toList();
    List<String> names = measured.stream().map(NetworkOutput::name).toList();
    NamedParts.inOrder(kind, network.modelName(), names, widths);
    List<Integer> places = new ArrayList<>();
    for (NetworkOutput output : measured) {
      int start = 0;
      for (Map.Entry<String, Integer> part : widths.entrySet()) {
        if (part.getKey().equals(output.name())) {
          break;
        }

        start += part.getValue();
      }

      int width = Objects.requireNonNull(widths.get(output.name()), output.name());
      if (width != 1 && width != output.samplesPerRow()) {
        throw new IllegalArgumentException(
            "The output '%s' takes a weight a row, or one for each of the %d samples of a row. Received: %d weights a row"
                .formatted(output.name(), output.samplesPerRow(), width));
      }

      for (int i = 0; i < output.samplesPerRow(); i++) {
        places.add(start + (width == 1 ? 0 : i));
      }
    }

    return places.stream().mapToInt(Integer::intValue).toArray();
  }

  private static void put(int[] own, int[] places, int first) {
    for (int i = 0; i < own.length; i++) {
      places[first + i] = first + own[i];
    }
  }

  /**
   * Returns where the values of a row of a model come from.
   *
   * @param sizes the number of values that the model takes of each
   * @throws IllegalArgumentException if a part is missing, is not known or has another size
   */
  private int[] placesFor(String model, List<String> names, List<Integer> sizes) {
    Map<String, Integer> ordered = NamedParts.inOrder(kind, model, names, widths);
    Map<String, Integer> starts = new LinkedHashMap<>();
    int start = 0;
    for (Map.Entry<String, Integer> part : widths.entrySet()) {
      starts.put(part.getKey(), start);
      start += part.getValue();
    }

    List<Integer> places = new ArrayList<>();
    int next = 0;
    for (Map.Entry<String, Integer> part : ordered.entrySet()) {
      NamedParts.requireSize(
          kind, part.getKey(), sizes.get(next++), part.getValue(), "the data's " + widths);
      for (int i = 0; i < part.getValue(); i++) {
        places.add(Objects.requireNonNull(starts.get(part.getKey()), part.getKey()) + i);
      }
    }

    return places.stream().mapToInt(Integer::intValue).toArray();
  }
}
