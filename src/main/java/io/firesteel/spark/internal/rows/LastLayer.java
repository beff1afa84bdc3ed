package io.firesteel.spark.internal.rows;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The layer of a serialized model that gives its output. */
public final class LastLayer {

  private static final String LINEAR = "linear";

  private LastLayer() {}

  /** Returns the activation of its output, in Keras's spelling, {@code linear} for none. */
  public static String activation(Config model) {
    Config layer = of(model);
    String type = String.valueOf(layer.get("class_name"));
    Object config = layer.get("config");
    if (type.equals("Softmax")) {
      return "softmax";
    }

    if (type.equals("Sequential") || type.equals("Functional")) {
      return activation(layer);
    }

    Object activation = config instanceof Config found ? found.get("activation") : null;
    return name(activation);
  }

  private static String name(@Nullable Object activation) {
    if (activation instanceof Config serialized) {
      Object inner = serialized.get("config");
      return name(inner instanceof String ? inner : serialized.get("class_name"));
    }

    return activation == null ? LINEAR : activation.toString().toLowerCase(Locale.ROOT);
  }

  private static Config of(Config model) {
    ConfigReader reader = model.reader("model").config("config").reader("model.config");
    List<?> layers = reader.list("layers");
    List<?> outputs = reader.optionalList("output_layers");
    if (outputs.isEmpty()) {
      return layer(layers.get(layers.size() - 1));
    }

    Object first = outputs.get(0);
    Object name = first instanceof List<?> place ? place.get(0) : first;
    for (Object layer : layers) {
      Config config = layer(layer);
      Object named = config.reader("layer").config("config").get("name");
      if (name != null && (name.equals(named) || name.equals(config.get("name")))) {
        return config;
      }
    }

    throw new IllegalArgumentException("model: there is no layer " + name + ", its output");
  }

  private static Config layer(@Nullable Object layer) {
    if (Objects.requireNonNullElse(layer, "null") instanceof Config config) {
      return config;
    }

    throw new IllegalArgumentException(
        "model: a layer must be a serialized one. Received: " + layer);
  }
}
