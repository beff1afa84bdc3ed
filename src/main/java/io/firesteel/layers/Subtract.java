package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** The first of two inputs minus the second (Keras 3.15, keras/src/layers/merging/subtract.py). */
public final class Subtract extends Merge<Subtract> {

  private Subtract(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Subtract of() {
    return new Subtract(LayerOptions.DEFAULT);
  }

  static Subtract fromConfig(Config config) {
    ConfigReader reader = config.reader("Subtract");
    Subtract layer = new Subtract(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Subtract with(LayerOptions newOptions) {
    return new Subtract(newOptions);
  }

  @Override
  int mostInputs() {
    return 2;
  }

  @Override
  void fold(float[] sum, float[] values, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] -= values[offset + i];
    }
  }

  @Override
  void gradient(Operands operands, int input, float[] g, float[] target, int to, int n) {
    for (int i = 0; i < n; i++) {
      target[to + i] = input == 0 ? g[i] : -g[i];
    }
  }
}
