package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The smooth rectified linear unit: y = log(1 + exp(x)) (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class Softplus extends Elementwise {

  Softplus() {}

  @Override
  float value(float x) {
    return FloatMath.softplus(x);
  }

  @Override
  float slope(float x, float y) {
    return FloatMath.sigmoid(x);
  }
}
