package io.firesteel.activations;

import io.firesteel.tensor.FloatMath;

/**
 * The Gaussian error linear unit: y = x P(X <= x) for a standard normal X, without approximation
 * (Keras 3.15, keras/src/activations/activations.py).
 */
public final class Gelu extends Elementwise {

  /** 1 / sqrt(2 pi). */
  private static final float DENSITY_AT_0 = 0.3989422804014327f;

  Gelu() {}

  @Override
  float value(float x) {
    return x * FloatMath.normalCdf(x);
  }

  @Override
  float slope(float x, float y) {
    return FloatMath.normalCdf(x) + x * (DENSITY_AT_0 * FloatMath.exp(-0.5f * x * x));
  }
}
