package io.firesteel.internal.network;

import io.firesteel.layers.CallOptions;
import io.firesteel.layers.Layer;
import io.firesteel.layers.MultiInputLayer;
import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call of a layer in Keras's config.
 *
 * @param places what it is called on
 * @param options the arguments that are no tensors
 * @param mask the mask of the input, where the config gives it
 */
record CallArguments(List<GraphPlace> places, CallOptions options, @Nullable Config mask) {

  static CallArguments of(Layer layer, Config node) {
    List<String> names = layer instanceof MultiInputLayer<?> multi ? multi.callNames() : List.of();
    Map<String, @Nullable Object> named = new HashMap<>();
    List<GraphPlace> places = new ArrayList<>();
    List<?> args = node.get("args") instanceof List<?> list ? list : List.of();
    for (int i = 0; i < args.size(); i++) {
      if (i < names.size()) {
        named.put(names.get(i), args.get(i));
      } else {
        addTensors(layer, args.get(i), places);
      }
    }

    @Nullable Boolean training = null;
    boolean causal = false;
    boolean scores = false;
    boolean reverse = false;
    @Nullable Config mask = null;
    Config kwargs = node.get("kwargs") instanceof Config given ? given : Config.empty();
    for (String key : kwargs.keys()) {
      Object value = kwargs.get(key);
      if (key.equals("mask") && value != null && names.contains(key)) {
        throw new IllegalArgumentException(
            "The layer '%s' is called with mask=, which Keras then hands on to later layers and the loss; that is not supported. Given as the second argument, softmax(x, mask), it is read"
                .formatted(layer.name()));
      } else if (names.contains(key)) {
        named.put(key, value);
      } else if (key.equals("inputs")) {
        addTensors(layer, value, places);
      } else if (key.equals("training") && value instanceof Boolean mode) {
        training = mode;
      } else if (key.equals("use_causal_mask") && value instanceof Boolean mode) {
        causal = mode;
      } else if (key.equals("return_attention_scores") && value instanceof Boolean mode) {
        scores = mode;
      } else if (key.equals("reverse") && value instanceof Boolean mode) {
        reverse = mode;
      } else if (key.equals("mask") && value instanceof Config tensor) {
        mask = tensor;
      } else if (value != null && !Boolean.FALSE.equals(value)) {
        throw new IllegalArgumentException(
            "The layer '%s' is called with the argument '%s', which is not supported. Received: %s"
                .formatted(layer.name(), key, value));
      }
    }

    addNamed(layer, names, named, places);
    CallOptions options = new CallOptions(training, causal);
    options = scores ? options.withScores() : options;
    return new CallArguments(places, reverse ? options.withReverse() : options, mask);
  }

  /** Adds the tensors by name; where one is left out before another, the one before it counts. */
  private static void addNamed(
      Layer layer,
      List<String> names,
      Map<String, @Nullable Object> named,
      List<GraphPlace> places) {
    int last = names.size() - 1;
    while (last >= 0 && named.get(names.get(last)) == null) {
      last--;
    }

    Object before = null;
    for (int i = 0; i <= last; i++) {
      Object given = named.get(names.get(i));
      before = given == null ? before : given;
      addTensors(layer, before, places);
    }
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
