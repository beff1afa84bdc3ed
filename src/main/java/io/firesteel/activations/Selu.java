package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The scaled exponential linear unit: y = scale x for x > 0, else scale alpha (exp(x) - 1), with
 * scale = 1.0507 and alpha = 1.6733 (Keras 3.15, keras/src/activations/activations.py).
 */
public final class Selu extends Elementwise {

  private static final float ALPHA = 1.6732632423543772f;
  private static final float SCALE = 1.0507009873554805f;

  Selu() {}

  @Override
  float value(float x) {
    return x > 0.0f ? SCALE * x : SCALE * (ALPHA * FloatMath.expm1(x));
  }

  @Override
  float slope(float x, float y) {
    return x > 0.0f ? SCALE : SCALE * (ALPHA * FloatMath.exp(x));
  }
}
