package io.firesteel.regularizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * The penalty l1 * sum |w| + l2 * sum w² (Keras 3.15, keras/src/regularizers/regularizers.py). By
 * name alone both factors are 0, as in Keras.
 */
public final class L1L2 extends Regularizer {

  private final double l1;
  private final double l2;

  private L1L2(double l1, double l2) {
    this.l1 = Argument.nonNegative("L1L2", "l1", l1);
    this.l2 = Argument.nonNegative("L1L2", "l2", l2);
  }

  /** Returns the regularizer. */
  public static L1L2 of(double l1, double l2) {
    return new L1L2(l1, l2);
  }

  static L1L2 fromConfig(Config config) {
    ConfigReader reader = config.reader("L1L2");
    L1L2 regularizer = of(reader.number("l1", 0.0), reader.number("l2", 0.0));
    reader.finish();
    return regularizer;
  }

  @Override
  public boolean isAdditive() {
    return true;
  }

  @Override
  public float call(Shape shape, float[] weight) {
    float penalty = 0.0f;
    if (l1 != 0.0) {
      penalty += L1.penalty((float) l1, weight);
    }

    if (l2 != 0.0) {
      penalty += L2.penalty((float) l2, weight);
    }

    return penalty;
  }

  @Override
  public void addGradient(Shape shape, float[] weight, float[] gradient) {
    if (l1 != 0.0) {
      L1.addGradient((float) l1, weight, gradient);
    }

    if (l2 != 0.0) {
      L2.addGradient((float) l2, weight, gradient);
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("l1", l1).put("l2", l2).build();
  }
}
