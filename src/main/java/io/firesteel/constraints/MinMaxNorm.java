package io.firesteel.constraints;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * Weights whose norm along the axes is between two values, or moves there: with desired = rate
 * clip(norm, min, max) + (1 - rate) norm, w = w desired / (epsilon + norm), epsilon = 1e-7 (Keras
 * 3.15, keras/src/constraints/constraints.py).
 *
 * <p>Stricter than Keras: 0 &lt;= min &lt;= max and 0 &lt;= rate &lt;= 1.
 */
public final class MinMaxNorm extends Constraint {

  private final double minValue;
  private final double maxValue;
  private final double rate;
  private final NormAxes axes;

  private MinMaxNorm(double minValue, double maxValue, double rate, NormAxes axes) {
    this.minValue = minValue;
    this.maxValue = maxValue;
    this.rate = rate;
    this.axes = axes;
    if (!(minValue >= 0.0 && minValue <= maxValue)) {
      throw new IllegalArgumentException(
          "MinMaxNorm: 'min_value' and 'max_value' must be numbers with 0 <= min_value <= max_value. Received: min_value=%s, max_value=%s"
              .formatted(minValue, maxValue));
    }

    Argument.unit("MinMaxNorm", "rate", rate);
  }

  /** Returns the constraint between 0 and 1. */
  public static MinMaxNorm of() {
    return of(0.0, 1.0);
  }

  /** Returns the constraint with rate 1 along axis 0, the inputs of a dense kernel. */
  public static MinMaxNorm of(double minValue, double maxValue) {
    return new MinMaxNorm(minValue, maxValue, 1.0, NormAxes.of("MinMaxNorm", 0));
  }

  /** Returns this constraint with another rate; below 1 the norm moves there step by step. */
  public MinMaxNorm rate(double value) {
    return new MinMaxNorm(minValue, maxValue, value, axes);
  }

  /** Returns this constraint along other axes, of which negative ones count from the end. */
  public MinMaxNorm axis(int... newAxes) {
    return new MinMaxNorm(minValue, maxValue, rate, NormAxes.of("MinMaxNorm", newAxes));
  }

  static MinMaxNorm fromConfig(Config config) {
    ConfigReader reader = config.reader("MinMaxNorm");
    MinMaxNorm constraint =
        new MinMaxNorm(
            reader.number("min_value", 0.0),
            reader.number("max_value", 1.0),
            reader.number("rate", 1.0),
            NormAxes.read("MinMaxNorm", reader));
    reader.finish();
    return constraint;
  }

  @Override
  public void call(Shape shape, float[] weight) {
    float min = (float) minValue;
    float max = (float) maxValue;
    float pull = (float) rate;
    float keep = (float) (1.0 - rate);
    float[] norms = axes.norms(shape, weight);
    for (int i = 0; i < weight.length; i++) {
      float desired = pull * Math.min(Math.max(norms[i], min), max) + keep * norms[i];
      weight[i] *= desired / (NormAxes.EPSILON + norms[i]);
    }
  }

  @Override
  public void checkShape(Shape shape) {
    axes.check(shape);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("min_value", minValue)
        .put("max_value", maxValue)
        .put("rate", rate)
        .put("axis", axes.config())
        .build();
  }
}
