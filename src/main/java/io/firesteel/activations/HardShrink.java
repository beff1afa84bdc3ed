package io.firesteel.activations;

/** y = x for |x| > 0.5, else 0 (Keras 3.15, keras/src/activations/activations.py). */
public final class HardShrink extends Elementwise {

  HardShrink() {}

  @Override
  float value(float x) {
    return Math.abs(x) > 0.5f ? x : 0.0f;
  }

  @Override
  float slope(float x, float y) {
    return Math.abs(x) > 0.5f ? 1.0f : 0.0f;
  }
}
