package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The smallest value of the inputs at each place. Where two are equal, each has half of the
 * gradient (Keras 3.15, keras/src/layers/merging/minimum.py).
 */
public final class Minimum extends Merge<Minimum> {

  private Minimum(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Minimum of() {
    return new Minimum(LayerOptions.DEFAULT);
  }

  static Minimum fromConfig(Config config) {
    ConfigReader reader = config.reader("Minimum");
    Minimum layer = new Minimum(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Minimum with(LayerOptions newOptions) {
    return new Minimum(newOptions);
  }

  @Override
  void fold(float[] sum, float[] values, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] = Math.min(sum[i], values[offset + i]);
    }
  }

  @Override
  void gradient(Operands operands, int input, float[] g, float[] target, int to, int n) {
    for (int i = 0; i < n; i++) {
      float best = operands.value(0, i);
      float share = input == 0 ? 1.0f : 0.0f;
      for (int k = 1; k < operands.count(); k++) {
        float value = operands.value(k, i);
        float kept = value == best ? 0.5f : value < best ? 0.0f : 1.0f;
        share = k == input ? 1.0f - kept : share * kept;
        best = Math.min(best, value);
      }

      target[to + i] = g[i] * share;
    }
  }
}
