package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import org.jspecify.annotations.Nullable;

/**
 * The rectified linear unit as a layer: y = min(x, max_value) for x above the threshold, else
 * negative_slope (x - threshold) (Keras 3.15, keras/src/layers/activations/relu.py).
 *
 * <p>The derivative at the kinks is that of Keras on JAX: 0 at the threshold (1 if that is 0, there
 * is a negative slope and no maximum), and 1/2 at the maximum (0 if that is 6 and the threshold is
 * 0).
 */
public final class ReLU extends ElementwiseLayer<ReLU> {

  /* The smallest float is above 1 after three multiplications by it. */
  private static final float LARGE = 0x1p127f;

  private final @Nullable Double maxValue;
  private final double negativeSlope;
  private final double threshold;

  private ReLU(
      @Nullable Double maxValue, double negativeSlope, double threshold, LayerOptions options) {
    super(options);
    this.maxValue = maxValue == null ? null : Argument.nonNegative("ReLU", "max_value", maxValue);
    this.negativeSlope = Argument.nonNegative("ReLU", "negative_slope", negativeSlope);
    this.threshold = Argument.nonNegative("ReLU", "threshold", threshold);
  }

  /** Returns the layer without a maximum, with slope and threshold 0. */
  public static ReLU of() {
    return new ReLU(null, 0.0, 0.0, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a largest value, at least 0. */
  public ReLU maxValue(double value) {
    return new ReLU(value, negativeSlope, threshold, options());
  }

  /** Returns this layer with a slope below the threshold, at least 0. */
  public ReLU negativeSlope(double value) {
    return new ReLU(maxValue, value, threshold, options());
  }

  /** Returns this layer with a threshold, at least 0. */
  public ReLU threshold(double value) {
    return new ReLU(maxValue, negativeSlope, value, options());
  }

  static ReLU fromConfig(Config config) {
    ConfigReader reader = config.reader("ReLU");
    ReLU layer =
        new ReLU(
            reader.nullableNumber("max_value", null),
            reader.number("negative_slope", 0.0),
            reader.number("threshold", 0.0),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected ReLU with(LayerOptions newOptions) {
    return new ReLU(maxValue, negativeSlope, threshold, newOptions);
  }

  @Override
  void call(float[] x, float[] y, int n) {
    float from = (float) threshold;
    float slope = (float) negativeSlope;
    float max = max();
    if (from == 0.0f && slope == 0.0f) {
      for (int i = 0; i < n; i++) {
        y[i] = Math.min(Math.max(x[i], 0.0f), max);
      }

      return;
    }

    for (int i = 0; i < n; i++) {
      y[i] = x[i] > from ? Math.min(x[i], max) : slope * (x[i] - from);
    }
  }

  @Override
  void backward(float[] x, float[] y, float[] ofOutput, float[] ofInput, int n) {
    float from = (float) threshold;
    float slope = (float) negativeSlope;
    float max = max();
    if (maxValue == null && slope == 0.0f && from == 0.0f && FloatOps.allFinite(x, 0, n)) {
      plainBackward(x, ofOutput, ofInput, n);
      return;
    }

    float atMax = max == 6.0f && from == 0.0f ? 0.0f : 0.5f;
    float atThreshold = maxValue == null && from == 0.0f && slope != 0.0f ? 1.0f : 0.0f;
    for (int i = 0; i < n; i++) {
      float above = x[i] < max ? 1.0f : x[i] == max ? atMax : 0.0f;
      float below = x[i] == from ? atThreshold : slope;
      ofInput[i] = ofOutput[i] * (x[i] > from ? above : below);
    }
  }

  /** Multiplies by 1 above 0, else by 0: by what x is blown up to, at most 1, without a branch. */
  private static void plainBackward(float[] x, float[] ofOutput, float[] ofInput, int n) {
    for (int i = 0; i < n; i++) {
      float blownUp = Math.max(x[i], 0.0f) * LARGE * LARGE * LARGE;
      ofInput[i] = ofOutput[i] * Math.min(blownUp, 1.0f);
    }
  }

  private float max() {
    return maxValue == null ? Float.POSITIVE_INFINITY : maxValue.floatValue();
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("max_value", maxValue)
        .put("negative_slope", negativeSlope)
        .put("threshold", threshold)
        .build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
