package io.firesteel.ml;

import io.firesteel.layers.Add;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.FMInteraction;
import io.firesteel.layers.GlobalAveragePooling1D;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Rescaling;
import io.firesteel.models.Model;
import io.firesteel.regularizers.L2;
import java.util.List;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Params;
import org.jspecify.annotations.Nullable;

/** The params of factorization machines, and the model that they describe. */
final class FactorParams {

  /** The inputs of the model. */
  static final String NUMBERS = "numbers";

  static final String IDS = "ids";

  /** Floats hold each whole number up to this one. */
  private static final long MOST_INDICES = 1 << 24;

  final IdParams ids;
  final IntParam factorSize;
  final DoubleParam regParam;

  FactorParams(KerasFactorParams<?> owner) {
    Definitions define = new Definitions(owner);
    ids = new IdParams(owner);
    factorSize = define.integer("factorSize", "length of the vector of each id", 1);
    regParam = define.nonNegative("regParam", "strength of the L2 penalty on all weights");
    setDefaults(owner, owner.fitParams());
  }

  private void setDefaults(Params owner, FitParams fit) {
    owner.setDefault(factorSize, 8);
    owner.setDefault(regParam, 0.0);
    owner.setDefault(fit.optimizer, "adagrad");
    owner.setDefault(fit.learningRate, 0.1);
    owner.setDefault(fit.epochs, 10);
    owner.setDefault(fit.batchSize, 256);
  }

  /**
   * Returns a model whose output is a linear part and the products of the ids' vectors, of Keras's
   * layers and {@link FMInteraction}.
   *
   * @throws IllegalArgumentException if no ids are named, or they have too many indices
   */
  static Model model(KerasFactorParams<?> stage, String name) {
    List<String> names = List.of(stage.getIdCols());
    if (names.size() < 2 || names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException(
          "idCols must name two columns of ids or more, whose vectors are multiplied, each once."
              + " Received: "
              + names);
    }

    int fields = names.size();
    long indices = (long) fields * stage.getIdBuckets();
    if (indices > MOST_INDICES) {
      throw new IllegalArgumentException(
          "idBuckets of all idCols together must be at most 2^24, up to which floats hold whole numbers. Received: %d for each of %d columns"
              .formatted(stage.getIdBuckets(), fields));
    }

    double strength = stage.getRegParam();
    L2 penalty = strength > 0 ? L2.of(strength / 2) : null;
    KerasTensor ids = Input.of(fields).dtype("int32").name(IDS).output();
    KerasTensor weights =
        table((int) indices, 1, penalty).embeddingsInitializer("zeros").name("weights").call(ids);
    KerasTensor mean = GlobalAveragePooling1D.of().name("mean_weight").call(weights);
    KerasTensor ofIds = Rescaling.of(fields).name("linear_ids").call(mean);
    KerasTensor vectors =
        table((int) indices, stage.getFactorSize(), penalty).name("vectors").call(ids);
    KerasTensor products = FMInteraction.of().name("interactions").call(vectors);

    int width = stage.getFeaturesCols().length;
    Dense linear = Dense.of(1).kernelInitializer("zeros").name("linear");
    if (width == 0) {
      // A bias for each row: Keras has no layer of a bias alone.
      KerasTensor zero = Rescaling.of(0.0).name("zero").call(mean);
      return model(stage, name, List.of(ids), linear.call(zero), ofIds, products);
    }

    KerasTensor numbers = Input.of(width).name(NUMBERS).output();
    KerasTensor ofNumbers = linear.kernelRegularizer(penalty).call(numbers);
    return model(stage, name, List.of(numbers, ids), ofNumbers, ofIds, products);
  }

  private static Model model(
      KerasFactorParams<?> stage, String name, List<KerasTensor> inputs, KerasTensor... parts) {
    KerasTensor output = Add.of().name("output").call(parts);
    return new Model(name, inputs, List.of(output)).seed(stage.getSeed());
  }

  private static Embedding table(int rows, int width, @Nullable L2 penalty) {
    return Embedding.of(rows, width).embeddingsRegularizer(penalty);
  }
}
