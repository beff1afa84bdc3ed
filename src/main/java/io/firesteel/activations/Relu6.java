package io.firesteel.activations;

/**
 * The rectified linear unit up to 6: y = min(max(x, 0), 6), with derivative 0 at 0 and 6 (Keras
 * 3.15, keras/src/activations/activations.py).
 */
public final class Relu6 extends Elementwise {

  Relu6() {}

  @Override
  float value(float x) {
    return Math.min(Math.max(x, 0.0f), 6.0f);
  }

  @Override
  float slope(float x, float y) {
    return x > 0.0f && x < 6.0f ? 1.0f : 0.0f;
  }
}
