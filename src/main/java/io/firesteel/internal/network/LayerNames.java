package io.firesteel.internal.network;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** The names of layers within a model: the given ones, and {@code dense}, {@code dense_1}, ... */
public final class LayerNames {

  private LayerNames() {}

  /**
   * Returns a layer under a name that no other one has.
   *
   * @throws IllegalArgumentException if the name that the layer was given is taken
   */
  public static Layer named(Layer layer, List<Layer> others) {
    Set<String> taken = new HashSet<>();
    others.forEach(other -> taken.add(Objects.toString(other.name())));
    return named(layer, taken);
  }

  /**
   * Returns layers that all have names of their own.
   *
   * @throws IllegalArgumentException if two were given the same one
   */
  static List<Layer> named(List<Layer> layers) {
    Set<String> taken = new HashSet<>();
    for (Layer layer : layers) {
      if (layer.name() != null) {
        requireFree(layer.name(), taken);
        taken.add(layer.name());
      }
    }

    List<Layer> named = new ArrayList<>();
    for (Layer layer : layers) {
      Layer next = layer.name() == null ? named(layer, taken) : layer;
      taken.add(Objects.toString(next.name()));
      named.add(next);
    }

    return named;
  }

  private static Layer named(Layer layer, Set<String> taken) {
    if (layer.name() != null) {
      requireFree(layer.name(), taken);
      return layer;
    }

    String base = KerasNames.snakeCase(className(layer));
    int number = 0;
    String unique = base;
    while (taken.contains(unique)) {
      number++;
      unique = base + "_" + number;
    }

    return layer.withName(unique);
  }

  private static void requireFree(String name, Set<String> taken) {
    if (taken.contains(name)) {
      throw new IllegalArgumentException(
          "All layers of a model must have different names. Received twice: " + name);
    }
  }

  /** Returns the name of a layer's class in files. */
  public static String className(Layer layer) {
    if (layer instanceof NestedModel model) {
      return model.className();
    }

    return Layers.serialize(layer).reader("object").string("class_name");
  }
}
