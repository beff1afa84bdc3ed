package io.firesteel.activations;

/**
 * y = 0 for x <= -1, x for x >= 1, else (x + 1)² / 4 (Keras 3.15,
 * keras/src/activations/activations.py).
 */
public final class SparsePlus extends Elementwise {

  SparsePlus() {}

  @Override
  float value(float x) {
    if (x <= -1.0f) {
      return 0.0f;
    }
    return x >= 1.0f ? x : 0.25f * ((x + 1.0f) * (x + 1.0f));
  }

  @Override
  float slope(float x, float y) {
    if (x <= -1.0f) {
      return 0.0f;
    }
    return x >= 1.0f ? 1.0f : 0.5f * (x + 1.0f);
  }
}
