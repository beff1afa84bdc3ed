package io.firesteel.ml;

import io.firesteel.losses.Losses;
import io.firesteel.models.Model;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.spark.ml.param.Param;
import org.jspecify.annotations.Nullable;

/** Makes the model that an Estimator's params describe, compiled. */
final class Compilation {

  private static final String DEFAULT_OPTIMIZER = "rmsprop";
  private static final String LEARNING_RATE = "learning_rate";

  private Compilation() {}

  /**
   * Returns a new model of the JSON that is given, or of the model that training starts from.
   *
   * @throws IllegalArgumentException if it can't be made, naming the param
   */
  static Model model(KerasNetworkParams<?> stage) {
    String json = Stages.textOrNull(stage, stage.model());
    if (json == null) {
      Model initial = initial(stage);
      if (initial == null) {
        throw new IllegalArgumentException(
            "model must be set: Keras's JSON, a Model, or an initialModel to go on with");
      }

      json = initial.toJson();
    }

    try {
      return checked(stage, Model.fromJson(json, stage.getSeed()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("model: " + e.getMessage(), e);
    }
  }

  /** Spark ML's stages have one column of labels; inputs get their columns by their names. */
  private static Model checked(KerasNetworkParams<?> stage, Model model) {
    if (!model.isBuilt()) {
      return model;
    }

    List<String> outputs = Networks.network(model).model().outputNames();
    if (outputs.size() > 1) {
      throw new IllegalArgumentException(
          "an Estimator trains models of one output; train others with their own fit, on a ShardedDataset with output(...). Received: %s with the outputs %s"
              .formatted(model.name(), outputs));
    }

    List<String> inputs = Networks.network(model).model().inputNames();
    if (inputs.size() > 1 && !stage.isSet(stage.inputs())) {
      throw new IllegalArgumentException(
          "inputs must be set for a model of several inputs, the columns of each by its name. Received: %s with the inputs %s"
              .formatted(model.name(), inputs));
    }

    return model;
  }

  /** Returns the model that training starts from, or null. */
  static @Nullable Model initial(KerasFitParams<?> stage) {
    Model object = stage.fitParams().initialObject;
    String path = Stages.textOrNull(stage, stage.initialModel());
    if (object != null && path != null) {
      throw new IllegalArgumentException(
          "initialModel: only one of a path and a model can be set. Received: " + path);
    }

    return path == null ? object : ModelFolder.open(path);
  }

  /**
   * Returns the loss of a model that is given: the param, what the model is compiled with, or the
   * default.
   *
   * @throws IllegalArgumentException if both are there and differ
   */
  static Object loss(KerasNetworkParams<?> stage, Config model, Supplier<Object> byDefault) {
    Object compiled = Networks.loss(model);
    String text = Stages.textOrNull(stage, stage.loss());
    if (text == null) {
      return compiled == null ? byDefault.get() : compiled;
    }

    Object loss = Identifiers.parse("loss", text);
    if (compiled != null
        && !Losses.serialize(Losses.get(loss)).equals(Losses.serialize(Losses.get(compiled)))) {
      throw new IllegalArgumentException(
          "loss: the model's JSON is compiled with %s. Received: %s".formatted(compiled, text));
    }

    return loss;
  }

  /** Compiles a model with a loss, and with the optimizer and the metrics of the params. */
  static void compile(KerasFitParams<?> stage, Model model, Object loss) {
    Config compiled = Config.parse(model.toJson()).reader("model").nullableConfig("compile_config");
    List<?> metrics = identifiers("metrics", Stages.textOrNull(stage, stage.metrics()), compiled);
    List<?> weighted =
        identifiers(
            "weighted_metrics", Stages.textOrNull(stage, stage.weightedMetrics()), compiled);
    model.compile(optimizer(stage, compiled), loss, metrics, weighted);
  }

  private static List<?> identifiers(
      String field, @Nullable String text, @Nullable Config compiled) {
    if (text != null) {
      return Identifiers.parseList(field, text);
    }

    return compiled == null ? List.of() : compiled.reader("compile").optionalList(field);
  }

  private static Object optimizer(KerasFitParams<?> stage, @Nullable Config compiled) {
    String text = Stages.textOrNull(stage, stage.optimizer());
    Object own = compiled == null ? null : compiled.get("optimizer");
    Object optimizer =
        text == null
            ? Objects.requireNonNullElse(own, DEFAULT_OPTIMIZER)
            : Identifiers.parse("optimizer", text);
    Double rate = Stages.valueOrNull(stage, rate(stage));
    return rate == null ? optimizer : withRate(optimizer, rate);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // To Java a DoubleParam is one of Objects.
  private static Param<Double> rate(KerasFitParams<?> stage) {
    return (Param) stage.learningRate();
  }

  private static Object withRate(Object identifier, double rate) {
    Config serialized = Optimizers.serialize(Optimizers.get(identifier));
    Config config = serialized.reader("optimizer").config("config");
    if (!(config.get(LEARNING_RATE) instanceof Number)) {
      throw new IllegalArgumentException(
          "learningRate can't be set for an optimizer that has no number of its own to replace (a schedule, or several optimizers). Received: %s with %s"
              .formatted(rate, serialized.get("class_name")));
    }

    return serialized.with("config", config.with(LEARNING_RATE, rate));
  }
}
