package io.firesteel.activations;

/**
 * y = x - 0.5 for x > 0.5, x + 0.5 for x < -0.5, else 0 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class SoftShrink extends Elementwise {

  SoftShrink() {}

  @Override
  float value(float x) {
    if (x > 0.5f) {
      return x - 0.5f;
    }
    return x < -0.5f ? x + 0.5f : 0.0f;
  }

  @Override
  float slope(float x, float y) {
    return x > 0.5f || x < -0.5f ? 1.0f : 0.0f;
  }
}
