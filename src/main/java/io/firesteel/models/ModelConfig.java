package io.firesteel.models;

import io.firesteel.internal.network.GraphConfig;
import io.firesteel.internal.network.GraphReader;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import java.util.List;

/**
 * A model as Keras's {@code config.json}, both ways.
 *
 * <p>Source: Keras 3.15, keras/src/models/sequential.py and keras/src/models/functional.py.
 */
final class ModelConfig {

  /** Beside what Keras writes; it passes over what it does not know there. */
  private static final String COLUMNS = "firesteel_columns";

  private ModelConfig() {}

  /** Returns the serialized model with {@code compile_config}. */
  static Config of(Model model) {
    Compiled compiled = model.compiled();
    Config whole =
        architecture(model)
            .with("compile_config", compiled == null ? Config.empty() : compiled.toConfig());
    return model.columns().isEmpty() ? whole : whole.with(COLUMNS, model.columns().toConfig());
  }

  /** Returns the serialized model without {@code compile_config}. */
  static Config architecture(Model model) {
    return model.isBuilt()
        ? GraphConfig.serialize(model.graph(), model.trainable())
        : unbuilt(model.name(), model.layers());
  }

  private static Config unbuilt(String name, List<Layer> layers) {
    return Config.builder()
        .put("module", "keras")
        .put("class_name", "Sequential")
        .put(
            "config",
            Config.builder()
                .put("name", name)
                .put("trainable", true)
                .put("dtype", GraphConfig.FLOAT32)
                .put("layers", layers.stream().map(Layers::serialize).toList())
                .build())
        .put("registered_name", null)
        .build();
  }

  static DataColumns columns(Config serialized) {
    Config columns = serialized.reader("model").nullableConfig(COLUMNS);
    return columns == null ? DataColumns.NONE : DataColumns.fromConfig(columns);
  }

  /** Rebuilds a model from its serialized form, compiled if that says how. */
  static Model fromConfig(Config serialized, long seed) {
    Model model =
        "Sequential".equals(serialized.get("class_name"))
            ? sequential(serialized, seed)
            : new Model(GraphReader.read(serialized)).seed(seed);
    model.columns(columns(serialized));
    Config compile = serialized.reader("model").nullableConfig("compile_config");
    if (compile != null && !compile.keys().isEmpty()) {
      model.compile(Compiled.fromConfig(compile));
    }

    return model;
  }

  private static Sequential sequential(Config serialized, long seed) {
    ConfigReader reader = serialized.reader("model").config("config").reader("Sequential");
    Sequential model = new Sequential(reader.string("name", "sequential")).seed(seed);
    List.of("trainable", "dtype").forEach(reader::seen);
    for (Object layer : reader.list("layers")) {
      model.add(GraphReader.layer(layer));
    }

    List<?> inputShape = reader.optionalList("build_input_shape");
    reader.finish();
    if (!model.isBuilt() && !inputShape.isEmpty()) {
      model.build(Shape.of(inputShape.subList(1, inputShape.size())).dims());
    }

    return model;
  }
}
