package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** Whether a normalizing layer shifts and scales its output, and the arguments of both weights. */
record Affine(boolean center, boolean scale, WeightOptions beta, WeightOptions gamma) {

  static final Affine DEFAULT =
      new Affine(true, true, WeightOptions.of("zeros"), WeightOptions.of("ones"));

  Affine withBeta(WeightOptions options) {
    return new Affine(center, scale, options, gamma);
  }

  Affine withGamma(WeightOptions options) {
    return new Affine(center, scale, beta, options);
  }

  static Affine read(ConfigReader reader) {
    return new Affine(
        reader.bool("center", true),
        reader.bool("scale", true),
        WeightOptions.read(reader, "beta", DEFAULT.beta()),
        WeightOptions.read(reader, "gamma", DEFAULT.gamma()));
  }

  void putInitializers(Config.Builder config) {
    beta.putInitializer(config, "beta");
    gamma.putInitializer(config, "gamma");
  }

  void putRegularizersAndConstraints(Config.Builder config) {
    beta.putRegularizer(config, "beta");
    gamma.putRegularizer(config, "gamma");
    beta.putConstraint(config, "beta");
    gamma.putConstraint(config, "gamma");
  }
}
