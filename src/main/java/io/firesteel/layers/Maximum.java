package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The largest value of the inputs at each place. Where two are equal, each has half of the gradient
 * (Keras 3.15, keras/src/layers/merging/maximum.py).
 */
public final class Maximum extends Merge<Maximum> {

  private Maximum(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Maximum of() {
    return new Maximum(LayerOptions.DEFAULT);
  }

  static Maximum fromConfig(Config config) {
    ConfigReader reader = config.reader("Maximum");
    Maximum layer = new Maximum(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Maximum with(LayerOptions newOptions) {
    return new Maximum(newOptions);
  }

  @Override
  void fold(float[] sum, float[] values, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] = Math.max(sum[i], values[offset + i]);
    }
  }

  @Override
  void gradient(Operands operands, int input, float[] g, float[] target, int to, int n) {
    for (int i = 0; i < n; i++) {
      float best = operands.value(0, i);
      float share = input == 0 ? 1.0f : 0.0f;
      for (int k = 1; k < operands.count(); k++) {
        float value = operands.value(k, i);
        float kept = value == best ? 0.5f : value > best ? 0.0f : 1.0f;
        share = k == input ? 1.0f - kept : share * kept;
        best = Math.max(best, value);
      }

      target[to + i] = g[i] * share;
    }
  }
}
