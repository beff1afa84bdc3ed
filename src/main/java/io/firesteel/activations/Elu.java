package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The exponential linear unit: y = x for x > 0, else exp(x) - 1 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class Elu extends Elementwise {

  Elu() {}

  @Override
  float value(float x) {
    return x > 0.0f ? x : FloatMath.expm1(x);
  }

  @Override
  float slope(float x, float y) {
    return x > 0.0f ? 1.0f : y + 1.0f;
  }
}
