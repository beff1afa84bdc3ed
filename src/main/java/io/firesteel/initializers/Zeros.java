package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;

/** Zeros (Keras 3.15, keras/src/initializers/constant_initializers.py). */
public final class Zeros extends Initializer {

  private Zeros() {}

  /** Returns the initializer. */
  public static Zeros of() {
    return new Zeros();
  }

  static Zeros fromConfig(Config config) {
    config.reader("Zeros").finish();
    return of();
  }

  @Override
  public float[] call(Shape shape, RandomStream random) {
    return new float[shape.size()];
  }

  @Override
  public Config getConfig() {
    return Config.empty();
  }
}
