package io.firesteel.activations;

/** y = (x + sqrt(x² + 4)) / 2 (Keras 3.15, keras/src/activations/activations.py). */
public final class Squareplus extends Elementwise {

  Squareplus() {}

  @Override
  float value(float x) {
    return 0.5f * (x + (float) Math.sqrt((double) x * x + 4.0));
  }

  @Override
  float slope(float x, float y) {
    return 0.5f * (1.0f + (float) (x / Math.sqrt((double) x * x + 4.0)));
  }
}
