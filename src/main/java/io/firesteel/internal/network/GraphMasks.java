package io.firesteel.internal.network;

import io.firesteel.layers.Embedding;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Masking;
import io.firesteel.layers.ReversibleEmbedding;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The masks in the config of a functional model. Keras writes them as operations beside the layers
 * and as the argument {@code mask} of calls. Here masks follow from the layers alone, so a mask
 * that is given must be the one that the call's input carries anyway.
 */
final class GraphMasks {

  private static final int DEEPEST = 1000;

  private final Map<String, Config> operations = new HashMap<>();
  private final IdentityHashMap<KerasTensor, Carried> carried = new IdentityHashMap<>();

  /** What a mask is made of: where a tensor is not a value. */
  private record Origin(KerasTensor tensor, double value) {}

  private record Carried(Shape shape, Set<Origin> origins) {}

  /** Adds an operation. */
  void add(String name, Config operation) {
    operations.put(name, operation);
  }

  /** Tells whether a tensor carries a mask. */
  boolean isCarriedBy(KerasTensor tensor) {
    return carried.containsKey(tensor);
  }

  /** Notes the mask that the output of a call carries. */
  void note(KerasTensor.Node node) {
    Layer layer = node.layer();
    if (layer instanceof NestedModel || node.options().reverse()) {
      return;
    }

    List<Shape> shapes = new ArrayList<>();
    List<@Nullable Shape> masks = new ArrayList<>();
    Set<Origin> origins = new HashSet<>();
    for (KerasTensor input : node.inputs()) {
      Carried mask = carried.get(input);
      shapes.add(input.shape());
      masks.add(mask == null ? null : mask.shape());
      if (mask != null) {
        origins.addAll(mask.origins());
      }
    }

    Shape shape = layer.computeMaskShape(shapes, masks);
    if (shape != null) {
      if (layer instanceof Embedding || layer instanceof ReversibleEmbedding) {
        origins = Set.of(new Origin(node.inputs().get(0), 0.0));
      } else if (layer instanceof Masking) {
        double value = layer.getConfig().reader("Masking").number("mask_value");
        origins = Set.of(new Origin(node.inputs().get(0), value));
      }

      boolean ofFirst = node.options().returnAttentionScores();
      for (KerasTensor output : ofFirst ? node.outputs().subList(0, 1) : node.outputs()) {
        if (ofFirst || node.outputs().size() == 1 || output.shape().rank() > shape.rank()) {
          carried.put(output, new Carried(shape, origins));
        }
      }
    }
  }

  /**
   * Checks that a mask is that of an input.
   *
   * @param made returns the output at a place of the graph, or null if it is not made yet
   * @throws IllegalArgumentException if it is another mask
   */
  void require(
      Layer layer,
      KerasTensor input,
      Config mask,
      Function<GraphPlace, @Nullable KerasTensor> made) {
    Carried own = carried.get(input);
    Set<Origin> given = origins(mask, made, 0);
    if (own == null || given == null || !own.origins().equals(given)) {
      throw new IllegalArgumentException(
          "The layer '%s' is called with a mask that is not the one of its input, which is not supported. Received: %s"
              .formatted(layer.name(), mask));
    }
  }

  private @Nullable Set<Origin> origins(
      @Nullable Object tensor, Function<GraphPlace, @Nullable KerasTensor> made, int depth) {
    GraphPlace place = place(tensor);
    Config operation = place == null ? null : operations.get(place.layer());
    if (place == null
        || operation == null
        || depth > DEEPEST
        || !(operation.get("inbound_nodes") instanceof List<?> calls)
        || place.call() >= calls.size()
        || !(calls.get(place.call()) instanceof Config call)
        || !(call.get("args") instanceof List<?> args)
        || args.isEmpty()) {
      return null;
    }

    return switch (String.valueOf(operation.get("class_name"))) {
      case "NotEqual" -> compared(args, made);
      case "ZerosLike", "OnesLike" -> Set.of();
      case "LogicalOr" -> union(args, made, depth);
      case "Concatenate" -> args.get(0) instanceof List<?> all ? union(all, made, depth) : null;
      default -> isOfLastAxis(operation) ? origins(args.get(0), made, depth + 1) : null;
    };
  }

  /** Merging layers put masks together along the features, and layers with values compare these. */
  private static boolean isOfLastAxis(Config operation) {
    return operation.get("config") instanceof Config own
        && Long.valueOf(-1).equals(own.get("axis"));
  }

  private @Nullable Set<Origin> union(
      List<?> masks, Function<GraphPlace, @Nullable KerasTensor> made, int depth) {
    Set<Origin> all = new HashSet<>();
    for (Object each : masks) {
      Set<Origin> origins = origins(each, made, depth + 1);
      if (origins == null) {
        return null;
      }

      all.addAll(origins);
    }

    return all;
  }

  private static @Nullable Set<Origin> compared(
      List<?> args, Function<GraphPlace, @Nullable KerasTensor> made) {
    GraphPlace compared = place(args.get(0));
    KerasTensor read = compared == null ? null : made.apply(compared);
    return read != null && args.size() == 2 && args.get(1) instanceof Number value
        ? Set.of(new Origin(read, value.doubleValue()))
        : null;
  }

  private static @Nullable GraphPlace place(@Nullable Object tensor) {
    return tensor instanceof Config serialized
            && serialized.get("config") instanceof Config fields
            && fields.get("keras_history") instanceof List<?> history
        ? GraphPlace.of("A mask", history)
        : null;
  }
}
