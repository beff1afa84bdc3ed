package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Uniform numbers within ± sqrt(6 / (fan-in + fan-out)) (Keras 3.15,
 * keras/src/initializers/random_initializers.py; Glorot and Bengio 2010, "Understanding the
 * difficulty of training deep feedforward neural networks").
 */
public final class GlorotUniform extends ScalingInitializer {

  private GlorotUniform(Options options) {
    super(1.0, "fan_avg", "uniform", options);
  }

  /** Returns the initializer. */
  public static GlorotUniform of() {
    return new GlorotUniform(Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public GlorotUniform seed(long value) {
    return new GlorotUniform(options().withSeed(value));
  }

  static GlorotUniform fromConfig(Config config) {
    ConfigReader reader = config.reader("GlorotUniform");
    GlorotUniform initializer = new GlorotUniform(Options.read(reader));
    reader.finish();
    return initializer;
  }
}
