package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The continuously differentiable exponential linear unit with alpha 1: y = max(x, 0) + exp(min(x,
 * 0)) - 1 (Keras 3.15, keras/src/activations/activations.py).
 */
public final class Celu extends Elementwise {

  Celu() {}

  @Override
  float value(float x) {
    return x > 0.0f ? x : FloatMath.expm1(x);
  }

  @Override
  float slope(float x, float y) {
    return x > 0.0f ? 1.0f : FloatMath.exp(x);
  }
}
