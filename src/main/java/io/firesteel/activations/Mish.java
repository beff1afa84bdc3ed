package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/** y = x tanh(softplus(x)) (Keras 3.15, keras/src/activations/activations.py). */
public final class Mish extends Elementwise {

  Mish() {}

  @Override
  float value(float x) {
    return x * FloatMath.tanh(FloatMath.softplus(x));
  }

  @Override
  float slope(float x, float y) {
    float t = FloatMath.tanh(FloatMath.softplus(x));
    return t + x * (1.0f - t * t) * FloatMath.sigmoid(x);
  }
}
