package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Truncated normal numbers with variance 2 / (fan-in + fan-out) (Keras 3.15,
 * keras/src/initializers/random_initializers.py; Glorot and Bengio 2010, "Understanding the
 * difficulty of training deep feedforward neural networks").
 */
public final class GlorotNormal extends ScalingInitializer {

  private GlorotNormal(Options options) {
    super(1.0, "fan_avg", "truncated_normal", options);
  }

  /** Returns the initializer. */
  public static GlorotNormal of() {
    return new GlorotNormal(Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public GlorotNormal seed(long value) {
    return new GlorotNormal(options().withSeed(value));
  }

  static GlorotNormal fromConfig(Config config) {
    ConfigReader reader = config.reader("GlorotNormal");
    GlorotNormal initializer = new GlorotNormal(Options.read(reader));
    reader.finish();
    return initializer;
  }
}
