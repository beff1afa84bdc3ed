package io.firesteel.activations;

/**
 * The piecewise linear sigmoid: y = min(max(x + 3, 0), 6) / 6, with derivative 0 at ±3 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class HardSigmoid extends Elementwise {

  HardSigmoid() {}

  @Override
  float value(float x) {
    return Math.min(Math.max(x + 3.0f, 0.0f), 6.0f) / 6.0f;
  }

  @Override
  float slope(float x, float y) {
    return x > -3.0f && x < 3.0f ? 1.0f / 6.0f : 0.0f;
  }
}
