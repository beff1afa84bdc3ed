package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** The sum of the inputs (Keras 3.15, keras/src/layers/merging/add.py). */
public final class Add extends Merge<Add> {

  private Add(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Add of() {
    return new Add(LayerOptions.DEFAULT);
  }

  static Add fromConfig(Config config) {
    ConfigReader reader = config.reader("Add");
    Add layer = new Add(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Add with(LayerOptions newOptions) {
    return new Add(newOptions);
  }

  @Override
  void fold(float[] sum, float[] values, int offset, int n) {
    for (int i = 0; i < n; i++) {
      sum[i] += values[offset + i];
    }
  }

  @Override
  void gradient(Operands operands, int input, float[] g, float[] target, int to, int n) {
    System.arraycopy(g, 0, target, to, n);
  }
}
