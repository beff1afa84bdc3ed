package io.firesteel.constraints;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;

/** Weights of at least 0: w = max(w, 0) (Keras 3.15, keras/src/constraints/constraints.py). */
public final class NonNeg extends Constraint {

  private NonNeg() {}

  /** Returns the constraint. */
  public static NonNeg of() {
    return new NonNeg();
  }

  static NonNeg fromConfig(Config config) {
    config.reader("NonNeg").finish();
    return of();
  }

  @Override
  public void call(Shape shape, float[] weight) {
    for (int i = 0; i < weight.length; i++) {
      weight[i] = Math.max(weight[i], 0.0f);
    }
  }

  @Override
  public Config getConfig() {
    return Config.empty();
  }
}
