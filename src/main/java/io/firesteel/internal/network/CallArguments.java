package io.firesteel.internal.network;

import io.firesteel.layers.Layer;
import io.firesteel.layers.MultiInputLayer;
import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call of a layer in Keras's config.
 *
 * @param places what it is called on
 * @param training the mode that was given, or null
 */
record CallArguments(List<GraphPlace> places, @Nullable Boolean training) {

  static CallArguments of(Layer layer, Config node) {
    List<GraphPlace> places = new ArrayList<>();
    addTensors(layer, node.get("args"), places);
    Boolean training = null;
    if (node.get("kwargs") instanceof Config kwargs) {
      List<String> names =
          layer instanceof MultiInputLayer<?> multi ? multi.callNames() : List.of();
      for (String name : names) {
        addTensors(layer, kwargs.get(name), places);
      }

      for (String key : kwargs.keys()) {
        Object value = kwargs.get(key);
        boolean known = names.contains(key) || key.equals("inputs");
        if (key.equals("inputs")) {
          addTensors(layer, value, places);
        }

        if (key.equals("training") && value instanceof Boolean mode) {
          training = mode;
        } else if (value != null && !known) {
          throw new IllegalArgumentException(
              "The layer '%s' is called with the argument '%s', which is not supported. Received: %s"
                  .formatted(layer.name(), key, value));
        }
      }
    }

    return new CallArguments(places, training);
  }

  private static void addTensors(Layer layer, @Nullable Object given, List<GraphPlace> places) {
    if (given instanceof List<?> several) {
      several.forEach(each -> addTensors(layer, each, places));
    } else if (given instanceof Config tensor
        && tensor.get("config") instanceof Config fields
        && fields.get("keras_history") instanceof List<?> place) {
      places.add(GraphPlace.of("The layer '%s'".formatted(layer.name()), place));
    } else if (given instanceof Config named && !named.has("class_name")) {
      named.keys().forEach(key -> addTensors(layer, named.get(key), places));
    } else if (given != null) {
      throw new IllegalArgumentException(
          "The layer '%s' is called on what is no output of a layer. Received: %s"
              .formatted(layer.name(), given));
    }
  }
}
