package io.firesteel.activations;

/**
 * The leaky rectified linear unit: y = x for x >= 0, else 0.2 x (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class LeakyRelu extends Elementwise {

  private static final float NEGATIVE_SLOPE = 0.2f;

  LeakyRelu() {}

  @Override
  float value(float x) {
    return x >= 0.0f ? x : NEGATIVE_SLOPE * x;
  }

  @Override
  float slope(float x, float y) {
    return x >= 0.0f ? 1.0f : NEGATIVE_SLOPE;
  }
}
