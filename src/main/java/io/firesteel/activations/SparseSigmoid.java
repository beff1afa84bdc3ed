package io.firesteel.activations;

/**
 * y = 0 for x <= -1, 1 for x >= 1, else (x + 1) / 2; the derivative at ±1 is the mean of both sides
 * (Keras 3.15, keras/src/activations/activations.py).
 */
public final class SparseSigmoid extends Elementwise {

  SparseSigmoid() {}

  @Override
  float value(float x) {
    return 0.5f * Math.min(Math.max(x + 1.0f, 0.0f), 2.0f);
  }

  @Override
  float slope(float x, float y) {
    if (Math.abs(x) == 1.0f) {
      return 0.25f;
    }
    return Math.abs(x) < 1.0f ? 0.5f : 0.0f;
  }
}
