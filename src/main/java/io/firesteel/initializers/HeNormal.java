package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Truncated normal numbers with variance 2 / fan-in (Keras 3.15,
 * keras/src/initializers/random_initializers.py; He et al. 2015, "Delving deep into rectifiers").
 */
public final class HeNormal extends ScalingInitializer {

  private HeNormal(Options options) {
    super(2.0, "fan_in", "truncated_normal", options);
  }

  /** Returns the initializer. */
  public static HeNormal of() {
    return new HeNormal(Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public HeNormal seed(long value) {
    return new HeNormal(options().withSeed(value));
  }

  static HeNormal fromConfig(Config config) {
    ConfigReader reader = config.reader("HeNormal");
    HeNormal initializer = new HeNormal(Options.read(reader));
    reader.finish();
    return initializer;
  }
}
