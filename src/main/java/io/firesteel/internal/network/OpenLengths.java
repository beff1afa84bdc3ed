package io.firesteel.internal.network;

import io.firesteel.internal.data.OpenShape;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Graphs whose inputs leave extents open, Keras's {@code None}. A network computes with known ones:
 * a graph is bound to those of the rows that come. Which extents inside of it are open follows from
 * two graphs for two lengths: what differs is.
 */
public final class OpenLengths {

  private OpenLengths() {}

  /** Tells whether an input of a model leaves an extent open. */
  public static boolean isOpen(LayerGraph graph) {
    return graph.inputLayers().stream().anyMatch(input -> input.rows().isOpen());
  }

  /**
   * Returns a graph for rows of known shapes.
   *
   * @param shapes the shape of one row of each input
   * @throws IllegalArgumentException if an input does not take its rows
   */
  public static LayerGraph bound(LayerGraph graph, List<Shape> shapes) {
    if (!isOpen(graph)) {
      return graph;
    }

    Map<Layer, InputLayer> bound = new HashMap<>();
    List<InputLayer> inputs = graph.inputLayers();
    for (int i = 0; i < shapes.size(); i++) {
      bound.put(inputs.get(i), inputs.get(i).bound(shapes.get(i)));
    }

    return graph.withLayers(layer -> Objects.requireNonNullElse(bound.get(layer), layer));
  }

  /**
   * Checks that the inputs of a model take rows of these shapes.
   *
   * @throws IllegalArgumentException if not
   */
  public static void require(LayerGraph graph, List<Shape> shapes) {
    for (int i = 0; i < shapes.size(); i++) {
      graph.inputLayers().get(i).bound(shapes.get(i));
    }
  }

  /** Returns a graph for a multiple of the lengths that stand in for those that are open. */
  public static LayerGraph unbound(LayerGraph graph, int factor) {
    return withRows(graph, rows -> rows.unbound(factor));
  }

  /** Returns a graph for rows of the shapes alone that it has now. */
  static LayerGraph closed(LayerGraph graph) {
    return withRows(graph, OpenShape::closed);
  }

  private static LayerGraph withRows(LayerGraph graph, UnaryOperator<OpenShape> change) {
    return isOpen(graph)
        ? graph.withLayers(
            layer ->
                layer instanceof InputLayer input && input.rows().isOpen()
                    ? input.withRows(change.apply(input.rows()))
                    : layer)
        : graph;
  }

  /**
   * Checks that the weights of a model are the same whatever the lengths of its inputs.
   *
   * @throws IllegalArgumentException if not, naming the variable
   */
  public static void requireSameWeights(LayerGraph graph, Network network) {
    if (!isOpen(graph)) {
      return;
    }

    for (int factor = 1; factor <= 2; factor++) {
      List<NetworkVariable> others = Graph.of(unbound(graph, factor)).variables();
      for (int v = 0; v < others.size(); v++) {
        Shape other = others.get(v).weight().shape();
        Shape now = network.variables().get(v).weight().shape();
        if (!other.equals(now)) {
          throw new IllegalArgumentException(
              "The shape of the variable %s depends on an extent that the input leaves open: it is %s and %s for different lengths. Give the input's shape"
                  .formatted(others.get(v).path(), now, other));
        }
      }
    }
  }

  /** Returns the extents of the outputs of each call, without the batch; null for open ones. */
  public static List<List<List<@Nullable Long>>> shapes(LayerGraph graph) {
    List<List<Shape>> once = GraphShapes.of(unbound(graph, 1));
    List<List<Shape>> twice = isOpen(graph) ? GraphShapes.of(unbound(graph, 2)) : once;
    List<List<List<@Nullable Long>>> shapes = new ArrayList<>();
    for (int call = 0; call < once.size(); call++) {
      List<List<@Nullable Long>> outputs = new ArrayList<>();
      for (int i = 0; i < once.get(call).size(); i++) {
        outputs.add(common(once.get(call).get(i).toList(), twice.get(call).get(i).toList()));
      }

      shapes.add(outputs);
    }

    return shapes;
  }

  private static List<@Nullable Long> common(List<Long> once, List<Long> twice) {
    List<@Nullable Long> common = new ArrayList<>();
    for (int i = 0; i < once.size(); i++) {
      common.add(once.get(i).equals(twice.get(i)) ? once.get(i) : null);
    }

    return common;
  }

  /** Returns what two configs have in common: null in the place of numbers that differ. */
  static Config common(Config once, Config twice) {
    Config.Builder common = Config.builder();
    once.keys().forEach(key -> common.put(key, common(once.get(key), twice.get(key))));
    return common.build();
  }

  private static @Nullable Object common(@Nullable Object once, @Nullable Object twice) {
    if (once instanceof Config a && twice instanceof Config b) {
      return common(a, b);
    }

    if (once instanceof List<?> a && twice instanceof List<?> b && a.size() == b.size()) {
      List<@Nullable Object> common = new ArrayList<>();
      for (int i = 0; i < a.size(); i++) {
        common.add(common(a.get(i), b.get(i)));
      }

      return common;
    }

    return Objects.equals(once, twice) ? once : null;
  }

  /**
   * Returns the shapes of the rows of each input.
   *
   * @param rows the shape of a row of all inputs, of several the number of its values
   * @param widths the number of values of each input by its name, empty if it is not known
   * @throws IllegalArgumentException if they don't follow from these
   */
  public static List<Shape> of(LayerGraph graph, Shape rows, Map<String, Integer> widths) {
    List<InputLayer> inputs = graph.inputLayers();
    if (inputs.size() == 1 && inputs.get(0).rows().takes(rows)) {
      return List.of(rows);
    }

    List<String> names = graph.inputNames();
    if (!widths.isEmpty() && !widths.keySet().containsAll(names)) {
      // Whoever reads the rows says which names are missing.
      return inputs.stream().map(InputLayer::shape).toList();
    }

    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Integer width = inputs.size() == 1 ? Integer.valueOf(rows.size()) : widths.get(names.get(i));
      shapes.add(ofWidth(graph, inputs.get(i), width == null ? rest(graph, i, rows) : width));
    }

    return shapes;
  }

  /** Returns how many values of a row are left for an input if it is the only open one. */
  private static int rest(LayerGraph graph, int input, Shape rows) {
    int rest = rows.size();
    List<InputLayer> inputs = graph.inputLayers();
    for (int i = 0; i < inputs.size(); i++) {
      if (i != input && inputs.get(i).rows().isOpen() && inputs.get(input).rows().isOpen()) {
        throw new IllegalArgumentException(
            "The model %s has several inputs of open length, %s: give the rows of each by its name. Received: rows of %d values for all"
                .formatted(graph.name(), graph.inputNames(), rows.size()));
      }

      rest -= i == input ? 0 : inputs.get(i).shape().size();
    }

    return inputs.get(input).rows().isOpen() ? rest : inputs.get(input).shape().size();
  }

  private static Shape ofWidth(LayerGraph graph, InputLayer input, int width) {
    OpenShape rows = input.rows();
    if (rows.isBound() && (!rows.isOpen() || input.shape().size() == width)) {
      return input.shape();
    }

    int[] dims = rows.dims().stream().mapToInt(Integer::intValue).toArray();
    int known = 1;
    int open = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == OpenShape.OPEN && open >= 0) {
        throw new IllegalArgumentException(
            "The input '%s' of the model %s leaves several extents open, which the number of values does not tell: set the shape of a row (featureShape of the data, or build of the model). Received: rows of %d values"
                .formatted(input.name(), graph.name(), width));
      }

      open = dims[i] == OpenShape.OPEN ? i : open;
      known *= dims[i] == OpenShape.OPEN ? 1 : dims[i];
    }

    if (width < known || width % known != 0) {
      throw new IllegalArgumentException(
          "The input '%s' of the model %s takes rows of a multiple of %d values. Received: %d"
              .formatted(input.name(), graph.name(), known, width));
    }

    dims[open] = width / known;
    return Shape.of(dims);
  }
}
