package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Uniform numbers within ± sqrt(3 / fan-in) (Keras 3.15,
 * keras/src/initializers/random_initializers.py; Klambauer et al. 2017, "Self-normalizing neural
 * networks").
 */
public final class LecunUniform extends ScalingInitializer {

  private LecunUniform(Options options) {
    super(1.0, "fan_in", "uniform", options);
  }

  /** Returns the initializer. */
  public static LecunUniform of() {
    return new LecunUniform(Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public LecunUniform seed(long value) {
    return new LecunUniform(options().withSeed(value));
  }

  static LecunUniform fromConfig(Config config) {
    ConfigReader reader = config.reader("LecunUniform");
    LecunUniform initializer = new LecunUniform(Options.read(reader));
    reader.finish();
    return initializer;
  }
}
