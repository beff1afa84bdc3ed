package io.firesteel.activations;

/**
 * The piecewise linear tanh: y = min(max(x, -1), 1), with derivative 1 at ±1 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class HardTanh extends Elementwise {

  HardTanh() {}

  @Override
  float value(float x) {
    return Math.min(Math.max(x, -1.0f), 1.0f);
  }

  @Override
  float slope(float x, float y) {
    return x >= -1.0f && x <= 1.0f ? 1.0f : 0.0f;
  }
}
