package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** The mean of the inputs (Keras 3.15, keras/src/layers/merging/average.py). */
public final class Average extends Merge<Average> {

  private Average(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Average of() {
    return new Average(LayerOptions.DEFAULT);
  }

  static Average fromConfig(Config config) {
    ConfigReader reader = config.reader("Average");
    Average layer = new Average(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Average with(LayerOptions newOptions) {
    return new Average(newOptions);
  }

  @Override
  void fold(float[] sum, float[] values, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += values[offset + i];
    }
  }

  @Override
  void finish(float[] sum, int inputs, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] /= inputs;
    }
  }

  @Override
  void gradient(Operands operands, int input, float[] g, float[] target, int to, int n) {
    for (int i = 0; i < n; i++) {
      target[to + i] = g[i] / operands.count();
    }
  }
}
