package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Uniform numbers within ± sqrt(6 / fan-in) (Keras 3.15,
 * keras/src/initializers/random_initializers.py; He et al. 2015, "Delving deep into rectifiers").
 */
public final class HeUniform extends ScalingInitializer {

  private HeUniform(Options options) {
    super(2.0, "fan_in", "uniform", options);
  }

  /** Returns the initializer. */
  public static HeUniform of() {
    return new HeUniform(Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public HeUniform seed(long value) {
    return new HeUniform(options().withSeed(value));
  }

  static HeUniform fromConfig(Config config) {
    ConfigReader reader = config.reader("HeUniform");
    HeUniform initializer = new HeUniform(Options.read(reader));
    reader.finish();
    return initializer;
  }
}
