package io.firesteel.layers;

import io.firesteel.constraints.Constraint;
import io.firesteel.constraints.Constraints;
import io.firesteel.initializers.Initializer;
import io.firesteel.initializers.Initializers;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.regularizers.Regularizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The arguments that a layer has for each of its weights. */
record WeightOptions(
    Initializer initializer, @Nullable Regularizer regularizer, @Nullable Constraint constraint) {

  /** Returns the arguments of a weight with start values, without penalty and constraint. */
  static WeightOptions of(String initializer) {
    return new WeightOptions(Initializers.get(initializer), null, null);
  }

  WeightOptions withInitializer(Object identifier) {
    return new WeightOptions(Initializers.get(identifier), regularizer, constraint);
  }

  WeightOptions withRegularizer(@Nullable Object identifier) {
    return new WeightOptions(initializer, Regularizers.get(identifier), constraint);
  }

  WeightOptions withConstraint(@Nullable Object identifier) {
    return new WeightOptions(initializer, regularizer, Constraints.get(identifier));
  }

  /**
   * Tells an initializer that scales by the number of inputs and outputs which axes they are,
   * unless it knows.
   */
  WeightOptions withAxes(List<Long> inputAxes, List<Long> outputAxes) {
    Config fields = initializer.getConfig();
    boolean scales = fields.has("input_axes");
    if (!scales || (fields.get("input_axes") != null && fields.get("output_axes") != null)) {
      return this;
    }

    Config changed = fields.with("input_axes", inputAxes).with("output_axes", outputAxes);
    return withInitializer(Initializers.serialize(initializer).with("config", changed));
  }

  WeightSpec spec(String name, Shape shape, boolean trainable) {
    return new WeightSpec(name, shape, initializer, regularizer, constraint, trainable);
  }

  /**
   * Reads {@code <weight>_initializer}, {@code <weight>_regularizer}, {@code <weight>_constraint}.
   */
  static WeightOptions read(ConfigReader reader, String weight, WeightOptions absent) {
    String key = weight + "_initializer";
    return new WeightOptions(
        reader.seen(key) ? Initializers.get(reader.any(key)) : absent.initializer(),
        Regularizers.get(reader.any(weight + "_regularizer")),
        Constraints.get(reader.any(weight + "_constraint")));
  }

  void putInitializer(Config.Builder config, String weight) {
    config.put(weight + "_initializer", Initializers.serialize(initializer));
  }

  void putRegularizer(Config.Builder config, String weight) {
    config.put(weight + "_regularizer", Regularizers.serialize(regularizer));
  }

  void putConstraint(Config.Builder config, String weight) {
    config.put(weight + "_constraint", Constraints.serialize(constraint));
  }
}
