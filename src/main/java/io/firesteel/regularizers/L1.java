package io.firesteel.regularizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * The penalty l1 * sum |w| (Keras 3.15, keras/src/regularizers/regularizers.py). Its gradient at 0
 * is l1, as with Keras on JAX; on TensorFlow it is 0.
 */
public final class L1 extends Regularizer {

  private final double l1;

  private L1(double l1) {
    this.l1 = Argument.nonNegative("L1", "l1", l1);
  }

  /** Returns the regularizer with factor 0.01. */
  public static L1 of() {
    return of(0.01);
  }

  /** Returns the regularizer. */
  public static L1 of(double l1) {
    return new L1(l1);
  }

  static L1 fromConfig(Config config) {
    ConfigReader reader = config.reader("L1");
    L1 regularizer = of(reader.number("l1", 0.01));
    reader.finish();
    return regularizer;
  }

  @Override
  public boolean isAdditive() {
    return true;
  }

  @Override
  public float call(Shape shape, float[] weight) {
    return penalty((float) l1, weight);
  }

  @Override
  public void addGradient(Shape shape, float[] weight, float[] gradient) {
    addGradient((float) l1, weight, gradient);
  }

  static float penalty(float factor, float[] weight) {
    double sum = 0.0;
    for (float w : weight) {
      sum += Math.abs(w);
    }

    return factor * (float) sum;
  }

  static void addGradient(float factor, float[] weight, float[] gradient) {
    for (int i = 0; i < weight.length; i++) {
      gradient[i] += weight[i] >= 0.0f ? factor : -factor;
    }
  }

  /** Returns the config. Keras holds this factor, and so writes it, as a float32. */
  @Override
  public Config getConfig() {
    return Config.builder().put("l1", (float) l1).build();
  }
}
