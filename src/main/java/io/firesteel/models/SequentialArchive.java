package io.firesteel.models;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.layers.CountingLayer;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model as Keras's {@code config.json} and archive, both ways.
 *
 * <p>Source: Keras 3.15, keras/src/models/sequential.py and keras/src/saving/saving_lib.py.
 */
final class SequentialArchive {

  private static final Config FLOAT32 =
      Config.builder()
          .put("module", "keras")
          .put("class_name", "DTypePolicy")
          .put("config", Config.builder().put("name", "float32").build())
          .put("registered_name", null)
          .build();

  /** Beside what Keras writes; it passes over what it does not know there. */
  private static final String COLUMNS = "firesteel_columns";

  private SequentialArchive() {}

  /** Returns the serialized model with {@code compile_config}. */
  static Config config(Sequential model) {
    Compiled compiled = model.compiled();
    Config config = architecture(model);
    Config whole =
        config.with("compile_config", compiled == null ? Config.empty() : compiled.toConfig());
    return model.columns().isEmpty() ? whole : whole.with(COLUMNS, model.columns().toConfig());
  }

  /** Returns the serialized model without {@code compile_config}. */
  static Config architecture(Sequential model) {
    Shape input = model.isBuilt() ? model.built().network().inputShape() : null;
    List<Config> layers = input == null ? serialized(model) : serialized(model, input);
    Config.Builder config =
        Config.builder()
            .put("name", model.name())
            .put("trainable", true)
            .put("dtype", FLOAT32)
            .put("layers", layers);
    Config.Builder whole = Config.builder().put("module", "keras").put("class_name", "Sequential");
    if (input == null) {
      return whole.put("config", config.build()).put("registered_name", null).build();
    }

    config.put("build_input_shape", input.toBatchList());
    return whole
        .put("config", config.build())
        .put("registered_name", null)
        .put("build_config", Config.builder().put("input_shape", input.toBatchList()).build())
        .build();
  }

  private static List<Config> serialized(Sequential model) {
    return model.layers().stream().map(Layers::serialize).toList();
  }

  private static List<Config> serialized(Sequential model, Shape input) {
    List<Config> layers = new ArrayList<>();
    Shape shape = input;
    for (Layer layer : model.layers()) {
      layers.add(
          layer instanceof InputLayer
              ? Layers.serialize(layer)
              : Layers.serialize(layer, List.of(shape)));
      shape = layer.computeOutputShape(shape);
    }

    return layers;
  }

  static DataColumns columns(Config serialized) {
    Config columns = serialized.reader("model").nullableConfig(COLUMNS);
    return columns == null ? DataColumns.NONE : DataColumns.fromConfig(columns);
  }

  /** Rebuilds a model from its serialized form, compiled if that says how. */
  static Sequential fromConfig(Config serialized) {
    return fromConfig(serialized, 0);
  }

  /** Rebuilds a model with start values of a seed. */
  static Sequential fromConfig(Config serialized, long seed) {
    if (!"Sequential".equals(serialized.get("class_name"))) {
      throw new IllegalArgumentException(
          "Firesteel opens models of the class Sequential. Received: "
              + serialized.get("class_name"));
    }

    ConfigReader outer = serialized.reader("model");
    ConfigReader reader = outer.config("config").reader("Sequential");
    Sequential model = new Sequential(reader.string("name", "sequential")).seed(seed);
    List.of("trainable", "dtype", "build_input_shape").forEach(reader::seen);
    for (Object layer : reader.list("layers")) {
      model.add(Layers.get(layer));
    }

    model.columns(columns(serialized));

    List<?> inputShape = reader.optionalList("build_input_shape");
    reader.finish();
    Config compile = outer.nullableConfig("compile_config");
    if (compile != null && !compile.keys().isEmpty()) {
      model.compile(Compiled.fromConfig(compile));
    }

    if (!model.isBuilt() && !inputShape.isEmpty()) {
      model.build(Shape.of(inputShape.subList(1, inputShape.size())).dims());
    }

    return model;
  }

  /** Returns the model as it is now, with copies of all values. */
  static KerasArchive of(Sequential model) {
    List<KerasArchive.Weights> layers = new ArrayList<>();
    int next = 0;
    BuiltModel built = model.built();
    Shape shape = built.network().inputShape();
    for (Layer layer : model.layers()) {
      int count = layer instanceof InputLayer ? 0 : layer.weights(shape).size();
      shape = layer instanceof InputLayer ? shape : layer.computeOutputShape(shape);
      layers.add(
          new KerasArchive.Weights(
              className(Layers.serialize(layer)),
              String.valueOf(layer.name()),
              withCounters(layer, copies(built.variables().subList(next, next + count)))));
      next += count;
    }

    Compiled compiled = model.compiled();
    return new KerasArchive(config(model), layers, compiled == null ? null : weights(compiled));
  }

  private static List<Variable> withCounters(Layer layer, List<Variable> weights) {
    List<Variable> all = new ArrayList<>(weights);
    for (String counter : counters(layer)) {
      all.add(Variable.integer(counter, layer.name() + "/" + counter, 0));
    }

    return all;
  }

  private static List<String> counters(Layer layer) {
    return layer instanceof CountingLayer counting ? counting.savedCounters() : List.of();
  }

  private static KerasArchive.Weights weights(Compiled compiled) {
    Optimizer optimizer = compiled.optimizer();
    return new KerasArchive.Weights(
        className(Optimizers.serialize(optimizer)),
        optimizer.name(),
        copies(optimizer.variables()));
  }

  /** Opens a model with its values; what it was compiled with is read only if it is wanted. */
  static Sequential toModel(KerasArchive archive, boolean compile) {
    Config config = Precision.asFloat32(archive.config());
    Sequential model = fromConfig(compile ? config : config.without("compile_config"));
    restore(archive, model);
    return model;
  }

  /**
   * Sets all values of a model and of its optimizer, which is built.
   *
   * @throws IllegalArgumentException if the number or shapes of the values are others
   */
  static void restore(KerasArchive archive, Sequential model) {
    List<Variable> targets = model.variables();
    List<Variable> saved =
        archive.layers().stream().flatMap(layer -> layer.variables().stream()).toList();
    long counters = model.layers().stream().mapToLong(layer -> counters(layer).size()).sum();
    List<Variable> values = saved.stream().filter(variable -> !variable.isInteger()).toList();
    if (targets.size() != values.size() || targets.size() + counters != saved.size()) {
      throw new IllegalArgumentException(
          "The model %s has %d variables, the file has %d"
              .formatted(model.name(), targets.size() + counters, saved.size()));
    }

    for (int i = 0; i < targets.size(); i++) {
      requireSameShape(targets.get(i), values.get(i));
    }

    for (int i = 0; i < targets.size(); i++) {
      targets.get(i).assign(values.get(i).values());
    }

    KerasArchive.@Nullable Weights state = archive.optimizer();
    if (model.compiled() != null && state != null) {
      List<Variable> trainable = model.variables().stream().filter(Variable::trainable).toList();
      model.optimizer().restore(trainable, state.variables());
    }
  }

  private static void requireSameShape(Variable target, Variable saved) {
    if (!target.shape().equals(saved.shape())) {
      throw new IllegalArgumentException(
          "The variable %s has the shape %s, in the file it has %s"
              .formatted(target.path(), target.shape(), saved.shape()));
    }
  }

  static String className(Config serialized) {
    return serialized.reader("object").string("class_name");
  }

  private static List<Variable> copies(List<Variable> variables) {
    return variables.stream().map(Variable::copy).toList();
  }
}
