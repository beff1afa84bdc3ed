package io.firesteel.constraints;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * Weights whose norm along the axes is at most a value: w = w clip(norm, 0, max) / (epsilon +
 * norm), epsilon = 1e-7 (Keras 3.15, keras/src/constraints/constraints.py).
 *
 * <p>Stricter than Keras: the value must not be negative.
 */
public final class MaxNorm extends Constraint {

  private final double maxValue;
  private final NormAxes axes;

  private MaxNorm(double maxValue, NormAxes axes) {
    this.maxValue = maxValue;
    this.axes = axes;
    Argument.require("MaxNorm", "max_value", maxValue, maxValue >= 0, "a number >= 0");
  }

  /** Returns the constraint with the value 2. */
  public static MaxNorm of() {
    return of(2.0);
  }

  /** Returns the constraint along axis 0, the inputs of a dense kernel. */
  public static MaxNorm of(double maxValue) {
    return new MaxNorm(maxValue, NormAxes.of("MaxNorm", 0));
  }

  /** Returns this constraint along other axes, of which negative ones count from the end. */
  public MaxNorm axis(int... newAxes) {
    return new MaxNorm(maxValue, NormAxes.of("MaxNorm", newAxes));
  }

  static MaxNorm fromConfig(Config config) {
    ConfigReader reader = config.reader("MaxNorm");
    MaxNorm constraint =
        new MaxNorm(reader.number("max_value", 2.0), NormAxes.read("MaxNorm", reader));
    reader.finish();
    return constraint;
  }

  @Override
  public void call(Shape shape, float[] weight) {
    float max = (float) maxValue;
    float[] norms = axes.norms(shape, weight);
    for (int i = 0; i < weight.length; i++) {
      weight[i] *= Math.min(norms[i], max) / (NormAxes.EPSILON + norms[i]);
    }
  }

  @Override
  public void checkShape(Shape shape) {
    axes.check(shape);
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("max_value", maxValue).put("axis", axes.config()).build();
  }
}
