package io.firesteel.constraints;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * Weights whose norm along the axes is 1: w = w / (epsilon + norm), epsilon = 1e-7 (Keras 3.15,
 * keras/src/constraints/constraints.py).
 */
public final class UnitNorm extends Constraint {

  private final NormAxes axes;

  private UnitNorm(NormAxes axes) {
    this.axes = axes;
  }

  /** Returns the constraint along axis 0, the inputs of a dense kernel. */
  public static UnitNorm of() {
    return new UnitNorm(NormAxes.of("UnitNorm", 0));
  }

  /** Returns this constraint along other axes, of which negative ones count from the end. */
  public UnitNorm axis(int... newAxes) {
    return new UnitNorm(NormAxes.of("UnitNorm", newAxes));
  }

  static UnitNorm fromConfig(Config config) {
    ConfigReader reader = config.reader("UnitNorm");
    UnitNorm constraint = new UnitNorm(NormAxes.read("UnitNorm", reader));
    reader.finish();
    return constraint;
  }

  @Override
  public void call(Shape shape, float[] weight) {
    float[] norms = axes.norms(shape, weight);
    for (int i = 0; i < weight.length; i++) {
      weight[i] /= NormAxes.EPSILON + norms[i];
    }
  }

  @Override
  public void checkShape(Shape shape) {
    axes.check(shape);
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("axis", axes.config()).build();
  }
}
