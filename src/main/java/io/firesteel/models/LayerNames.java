package io.firesteel.models;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import java.util.List;
import java.util.Objects;

/** The names of layers within a model: the given ones, and {@code dense}, {@code dense_1}, ... */
final class LayerNames {

  private LayerNames() {}

  /**
   * Returns a layer under a name that no other one has.
   *
   * @throws IllegalArgumentException if the name that the layer was given is taken
   */
  static Layer named(Layer layer, List<Layer> others) {
    String given = layer.name();
    if (given != null) {
      if (isTaken(given, others)) {
        throw new IllegalArgumentException(
            "All layers of a model must have different names. Received twice: " + given);
      }

      return layer;
    }

    String base = KerasNames.snakeCase(SequentialArchive.className(Layers.serialize(layer)));
    int number = 0;
    String unique = base;
    while (isTaken(unique, others)) {
      number++;
      unique = base + "_" + number;
    }

    return layer.withName(unique);
  }

  private static boolean isTaken(String candidate, List<Layer> others) {
    return others.stream().anyMatch(layer -> Objects.equals(candidate, layer.name()));
  }
}
