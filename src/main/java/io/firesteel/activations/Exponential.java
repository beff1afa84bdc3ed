package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/** y = exp(x) (Keras 3.15, keras/src/activations/activations.py). */
public final class Exponential extends Elementwise {

  Exponential() {}

  @Override
  float value(float x) {
    return FloatMath.exp(x);
  }

  @Override
  float slope(float x, float y) {
    return y;
  }
}
