package io.firesteel.activations;

/**
 * The piecewise silu, also called hard swish: y = x min(max(x + 3, 0), 6) / 6 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class HardSilu extends Elementwise {

  HardSilu() {}

  @Override
  float value(float x) {
    return x * (Math.min(Math.max(x + 3.0f, 0.0f), 6.0f) / 6.0f);
  }

  @Override
  float slope(float x, float y) {
    if (x <= -3.0f) {
      return 0.0f;
    }
    return x >= 3.0f ? 1.0f : (x + 3.0f) / 6.0f + x / 6.0f;
  }
}
