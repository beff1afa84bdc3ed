package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/** y = x - tanh(x) (Keras 3.15, keras/src/activations/activations.py). */
public final class TanhShrink extends Elementwise {

  TanhShrink() {}

  @Override
  float value(float x) {
    return x - FloatMath.tanh(x);
  }

  @Override
  float slope(float x, float y) {
    float t = FloatMath.tanh(x);
    return t * t;
  }
}
