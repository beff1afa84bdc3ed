package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The leaky rectified linear unit as a layer: y = x for x >= 0, else negative_slope x (Keras 3.15,
 * keras/src/layers/activations/leaky_relu.py).
 */
public final class LeakyReLU extends ElementwiseLayer<LeakyReLU> {

  private final double negativeSlope;

  private LeakyReLU(double negativeSlope, LayerOptions options) {
    super(options);
    this.negativeSlope = Argument.nonNegative("LeakyReLU", "negative_slope", negativeSlope);
  }

  /** Returns the layer with slope 0.3. */
  public static LeakyReLU of() {
    return of(0.3);
  }

  /** Returns the layer with a slope below 0, which is at least 0. */
  public static LeakyReLU of(double negativeSlope) {
    return new LeakyReLU(negativeSlope, LayerOptions.DEFAULT);
  }

  /** Reads the config; {@code alpha} is Keras's older name of {@code negative_slope}. */
  static LeakyReLU fromConfig(Config config) {
    ConfigReader reader = config.reader("LeakyReLU");
    double slope = reader.number(reader.seen("alpha") ? "alpha" : "negative_slope", 0.3);
    LeakyReLU layer = new LeakyReLU(slope, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected LeakyReLU with(LayerOptions newOptions) {
    return new LeakyReLU(negativeSlope, newOptions);
  }

  @Override
  void call(float[] x, float[] y, int n) {
    float slope = (float) negativeSlope;
    for (int i = 0; i < n; i++) {
      y[i] = x[i] >= 0.0f ? x[i] : slope * x[i];
    }
  }

  @Override
  void backward(float[] x, float[] y, float[] ofOutput, float[] ofInput, int n) {
    float slope = (float) negativeSlope;
    for (int i = 0; i < n; i++) {
      ofInput[i] = x[i] >= 0.0f ? ofOutput[i] : slope * ofOutput[i];
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("negative_slope", negativeSlope).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
