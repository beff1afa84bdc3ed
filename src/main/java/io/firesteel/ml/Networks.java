package io.firesteel.ml;

import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.network.Network;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.jspecify.annotations.Nullable;
import scala.runtime.BoxedUnit;

/** What stages ask of a model. */
final class Networks {

  private static final long OVERHEAD_BYTES = 16_384;

  private Networks() {}

  static Network network(Model model) {
    return Network.of(model.spec());
  }

  /** Returns the number of values of an input row, or -1 if it is not known yet. */
  static int inputSize(Model model) {
    return model.isBuilt() ? network(model).inputShape().size() : -1;
  }

  static int outputSize(Model model) {
    return network(model).outputShape().size();
  }

  static boolean isSparse(@Nullable Model model) {
    return model != null && model.isBuilt() && network(model).isSparse();
  }

  /** Returns the shape of an input row where it is more than a vector, or null. */
  static @Nullable Shape imageShape(Model model) {
    Shape shape = model.isBuilt() ? network(model).inputShape() : null;
    return shape == null || shape.rank() < 2 ? null : shape;
  }

  /** Returns the loss that a model is compiled with, as {@code compile} takes it, or null. */
  static @Nullable Object loss(Config model) {
    ConfigReader reader = model.reader("model");
    Config compiled = reader.nullableConfig("compile_config");
    return compiled == null ? null : compiled.get("loss");
  }

  /** Returns about how many bytes a model needs in memory, with its optimizer if it has one. */
  static long bytes(Model model) {
    long values = model.variables().stream().mapToLong(variable -> variable.shape().size()).sum();
    long ofTraining =
        model.isCompiled() ? VariableMemory.trainingValues(network(model), model.optimizer()) : 0;
    return OVERHEAD_BYTES + Float.BYTES * (values + ofTraining);
  }

  /**
   * Returns about how many bytes a model will need.
   *
   * @throws UnsupportedOperationException if that is known only after a look at rows
   */
  static long bytesBefore(@Nullable Model model) {
    if (model == null || !model.isBuilt()) {
      throw new UnsupportedOperationException(
          "The size of the model is known only after a look at rows");
    }

    return bytes(model);
  }

  /**
   * Gives a model the weights of another one of the same layers.
   *
   * @throws IllegalArgumentException if it has others
   */
  static void copyWeights(Model from, Model to) {
    List<Variable> given = from.variables();
    List<Variable> wanted = to.variables();
    if (given.size() != wanted.size()) {
      throw new IllegalArgumentException(
          "initialModel: the model %s has %d variables. Received one with %d"
              .formatted(to.name(), wanted.size(), given.size()));
    }

    for (int i = 0; i < given.size(); i++) {
      if (!given.get(i).shape().equals(wanted.get(i).shape())) {
        throw new IllegalArgumentException(
            "initialModel: the variable %s has the shape %s. Received: %s"
                .formatted(wanted.get(i).path(), wanted.get(i).shape(), given.get(i).shape()));
      }
    }

    for (int i = 0; i < given.size(); i++) {
      wanted.get(i).assign(given.get(i).values());
    }
  }

  /** Returns the output for one row. */
  static float[] predict(Model model, Vector features) {
    float[] row = new float[features.size()];
    features.foreachActive(
        (index, value) -> {
          row[(Integer) index] = (float) (double) (Double) value;
          return BoxedUnit.UNIT;
        });
    return model.predict(new float[][] {row})[0];
  }
}
