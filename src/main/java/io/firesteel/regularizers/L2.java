package io.firesteel.regularizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/** The penalty l2 * sum w² (Keras 3.15, keras/src/regularizers/regularizers.py). */
public final class L2 extends Regularizer {

  private final double l2;

  private L2(double l2) {
    this.l2 = Argument.nonNegative("L2", "l2", l2);
  }

  /** Returns the regularizer with factor 0.01. */
  public static L2 of() {
    return of(0.01);
  }

  /** Returns the regularizer. */
  public static L2 of(double l2) {
    return new L2(l2);
  }

  static L2 fromConfig(Config config) {
    ConfigReader reader = config.reader("L2");
    L2 regularizer = of(reader.number("l2", 0.01));
    reader.finish();
    return regularizer;
  }

  @Override
  public boolean isAdditive() {
    return true;
  }

  @Override
  public float call(Shape shape, float[] weight) {
    return penalty((float) l2, weight);
  }

  @Override
  public void addGradient(Shape shape, float[] weight, float[] gradient) {
    addGradient((float) l2, weight, gradient);
  }

  static float penalty(float factor, float[] weight) {
    double sum = 0.0;
    for (float w : weight) {
      sum += (double) w * w;
    }

    return factor * (float) sum;
  }

  static void addGradient(float factor, float[] weight, float[] gradient) {
    for (int i = 0; i < weight.length; i++) {
      gradient[i] += factor * (2.0f * weight[i]);
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("l2", l2).build();
  }
}
