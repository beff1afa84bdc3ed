package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The sigmoid linear unit, also called swish: y = x / (1 + exp(-x)) (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class Silu extends Elementwise {

  Silu() {}

  @Override
  float value(float x) {
    return x * FloatMath.sigmoid(x);
  }

  @Override
  float slope(float x, float y) {
    float s = FloatMath.sigmoid(x);
    return s * (1.0f + x * (1.0f - s));
  }
}
