package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** Passes its input on (Keras 3.15, keras/src/layers/core/identity.py). */
public final class Identity extends PassThrough<Identity> {

  private Identity(LayerOptions options) {
    super(options);
  }

  /** Returns the layer. */
  public static Identity of() {
    return new Identity(LayerOptions.DEFAULT);
  }

  static Identity fromConfig(Config config) {
    ConfigReader reader = config.reader("Identity");
    Identity layer = new Identity(LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Identity with(LayerOptions newOptions) {
    return new Identity(newOptions);
  }

  @Override
  public Config getConfig() {
    return baseConfig().build();
  }
}
