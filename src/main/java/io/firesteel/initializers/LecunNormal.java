package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * Truncated normal numbers with variance 1 / fan-in (Keras 3.15,
 * keras/src/initializers/random_initializers.py; Klambauer et al. 2017, "Self-normalizing neural
 * networks").
 */
public final class LecunNormal extends ScalingInitializer {

  private LecunNormal(Options options) {
    super(1.0, "fan_in", "truncated_normal", options);
  }

  /** Returns the initializer. */
  public static LecunNormal of() {
    return new LecunNormal(Options.NONE);
  }

  /** Returns this initializer with a seed of its own. */
  public LecunNormal seed(long value) {
    return new LecunNormal(options().withSeed(value));
  }

  static LecunNormal fromConfig(Config config) {
    ConfigReader reader = config.reader("LecunNormal");
    LecunNormal initializer = new LecunNormal(Options.read(reader));
    reader.finish();
    return initializer;
  }
}
