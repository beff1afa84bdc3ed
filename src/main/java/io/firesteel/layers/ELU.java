package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;

/**
 * The exponential linear unit as a layer: y = x for x > 0, else alpha (exp(x) - 1) (Keras 3.15,
 * keras/src/layers/activations/elu.py).
 */
public final class ELU extends ElementwiseLayer<ELU> {

  private final double alpha;

  private ELU(double alpha, LayerOptions options) {
    super(options);
    this.alpha = Argument.finite("ELU", "alpha", alpha);
  }

  /** Returns the layer with alpha 1. */
  public static ELU of() {
    return of(1.0);
  }

  /** Returns the layer. */
  public static ELU of(double alpha) {
    return new ELU(alpha, LayerOptions.DEFAULT);
  }

  static ELU fromConfig(Config config) {
    ConfigReader reader = config.reader("ELU");
    ELU layer = new ELU(reader.number("alpha", 1.0), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected ELU with(LayerOptions newOptions) {
    return new ELU(alpha, newOptions);
  }

  @Override
  void call(float[] x, float[] y, int n) {
    float a = (float) alpha;
    for (int i = 0; i < n; i++) {
      y[i] = x[i] > 0.0f ? x[i] : a * FloatMath.expm1(x[i]);
    }
  }

  @Override
  void backward(float[] x, float[] y, float[] ofOutput, float[] ofInput, int n) {
    float a = (float) alpha;
    for (int i = 0; i < n; i++) {
      ofInput[i] = ofOutput[i] * (x[i] > 0.0f ? 1.0f : y[i] + a);
    }
  }

  @Override
  public Config getConfig() {
    Config base = baseConfig().build();
    return Config.builder().put("name", name()).put("alpha", alpha).putAll(base).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
