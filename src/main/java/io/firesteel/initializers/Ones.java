package io.firesteel.initializers;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/** Ones (Keras 3.15, keras/src/initializers/constant_initializers.py). */
public final class Ones extends Initializer {

  private Ones() {}

  /** Returns the initializer. */
  public static Ones of() {
    return new Ones();
  }

  static Ones fromConfig(Config config) {
    config.reader("Ones").finish();
    return of();
  }

  @Override
  public float[] call(Shape shape, RandomStream random) {
    float[] values = new float[shape.size()];
    Arrays.fill(values, 1.0f);
    return values;
  }

  @Override
  public Config getConfig() {
    return Config.empty();
  }
}
