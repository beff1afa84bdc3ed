package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.NamedParts;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkOutput;
import io.firesteel.layers.InputLayer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The columns of a data set in the order in which a network takes them: those of its inputs by
 * name, with those of sparse inputs behind all others, and those of the labels of its outputs by
 * name.
 */
public final class NetworkColumns {

  private NetworkColumns() {}

  /**
   * Returns columns as a network takes them.
   *
   * @throws IllegalArgumentException if an input or output of the network has no columns, or there
   *     are columns of one that it does not have
   */
  public static RowColumns of(RowColumns columns, Network network) {
    RowColumns ordered = columns;
    if (!columns.inputs().isEmpty()) {
      ordered = withInputs(columns, network);
    } else if (network.isSparse()) {
      ordered = columns.withSparse(Math.max(1, columns.sparse()));
    }

    if (columns.outputs().isEmpty()) {
      return ordered;
    }

    List<String> measured =
        network.outputs().stream()
            .filter(output -> output.labelWidth() > 0)
            .map(NetworkOutput::name)
            .toList();
    return ordered.withOutputs(
        NamedParts.inOrder("output", network.modelName(), measured, columns.outputs()));
  }

  private static RowColumns withInputs(RowColumns columns, Network network) {
    Map<String, List<String>> named =
        NamedParts.inOrder(
            "input", network.modelName(), network.model().inputNames(), columns.inputs());
    Map<String, List<String>> dense = new LinkedHashMap<>();
    Map<String, List<String>> sparse = new LinkedHashMap<>();
    List<InputLayer> layers = network.inputs();
    int next = 0;
    for (Map.Entry<String, List<String>> input : named.entrySet()) {
      boolean isSparse = layers.get(next++).isSparse();
      if (isSparse && input.getValue().size() > 1) {
        throw new IllegalArgumentException(
            "The input '%s' of the model %s is sparse, and takes one column of vectors. Received: %s"
                .formatted(input.getKey(), network.modelName(), input.getValue()));
      }

      (isSparse ? sparse : dense).put(input.getKey(), input.getValue());
    }

    dense.putAll(sparse);
    return columns.withInputs(dense).withSparse(sparse.size());
  }

  /**
   * Returns the number of values of each input.
   *
   * @param widths the number of values of each column, features first
   */
  public static Map<String, Integer> widths(RowColumns columns, int[] widths) {
    return widths(columns.inputs(), widths, 0);
  }

  private static Map<String, Integer> widths(
      Map<String, List<String>> named, int[] widths, int first) {
    Map<String, Integer> sums = new LinkedHashMap<>();
    int next = first;
    for (Map.Entry<String, List<String>> part : named.entrySet()) {
      int width = 0;
      for (int i = 0; i < part.getValue().size(); i++) {
        width += widths[next++];
      }

      sums.put(part.getKey(), width);
    }

    return sums;
  }

  /**
   * Checks that the columns of each input and output hold as many values as the network takes.
   *
   * @param columns what {@link #of} returned
   * @param widths the number of values of each column, features first and then labels
   * @throws IllegalArgumentException if not
   */
  public static void requireWidths(RowColumns columns, Network network, int[] widths) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    List<String> inputs = network.model().inputNames();
    for (int i = 0; i < inputs.size(); i++) {
      sizes.put(inputs.get(i), network.inputs().get(i).shape().size());
    }

    require("input", columns.inputs(), sizes, widths, 0);
    Map<String, Integer> labels = new LinkedHashMap<>();
    network.outputs().forEach(output -> labels.put(output.name(), output.labelWidth()));
    require("output", columns.outputs(), labels, widths, columns.features().size());
  }

  private static void require(
      String kind,
      Map<String, List<String>> named,
      Map<String, Integer> sizes,
      int[] widths,
      int first) {
    widths(named, widths, first)
        .forEach(
            (name, width) ->
                NamedParts.requireSize(
                    kind,
                    name,
                    sizes.getOrDefault(name, 0),
                    width,
                    Objects.requireNonNull(named.get(name))));
  }
}
