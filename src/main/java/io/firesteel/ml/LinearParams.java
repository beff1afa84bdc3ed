package io.firesteel.ml;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.Normalization;
import io.firesteel.models.Sequential;
import io.firesteel.regularizers.L1L2;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Params;

/** The params of models without hidden layers. */
final class LinearParams {

  final DoubleParam regParam;
  final DoubleParam elasticNetParam;
  final BooleanParam fitIntercept;
  final BooleanParam standardization;

  LinearParams(KerasLinearParams<?> owner) {
    Definitions define = new Definitions(owner);
    regParam = define.nonNegative("regParam", "strength of the penalty on the coefficients");
    elasticNetParam =
        define.share("elasticNetParam", "share of L1 in the penalty, the rest is L2", true);
    fitIntercept = define.flag("fitIntercept", "whether there is an intercept");
    standardization =
        define.flag(
            "standardization",
            "whether features are brought to mean 0 and variance 1; without it zeros of vectors"
                + " are not held");
    setDefaults(owner);
  }

  private void setDefaults(Params owner) {
    owner.setDefault(regParam, 0.0);
    owner.setDefault(elasticNetParam, 0.0);
    owner.setDefault(fitIntercept, true);
    owner.setDefault(standardization, true);
  }

  /** Sets how such models are trained where nothing else is said. */
  static void setTraining(FitParams fit, Params owner) {
    owner.setDefault(fit.optimizer, "adam");
    owner.setDefault(fit.learningRate, 0.05);
    owner.setDefault(fit.epochs, 50);
    owner.setDefault(fit.batchSize, 64);
  }

  /** Returns a model of one layer. */
  static Sequential model(
      KerasLinearParams<?> stage, String name, int features, boolean vectors, int outputs) {
    double strength = stage.getRegParam();
    double l1 = strength * stage.getElasticNetParam();
    double l2 = strength * (1 - stage.getElasticNetParam()) / 2;
    Dense dense = Dense.of(outputs).useBias(stage.getFitIntercept()).kernelInitializer("zeros");
    if (strength > 0) {
      dense = dense.kernelRegularizer(L1L2.of(l1, l2));
    }

    Sequential model = new Sequential(name).seed(stage.getSeed());
    if (stage.getStandardization()) {
      return model.add(Normalization.of().inputShape(features)).add(dense);
    }

    return model.add(vectors ? Input.sparse(features) : Input.of(features)).add(dense);
  }
}
