package io.firesteel.activations;

/** y = x / (1 + |x|) (Keras 3.15, keras/src/activations/activations.py). */
public final class Softsign extends Elementwise {

  Softsign() {}

  @Override
  float value(float x) {
    return x / (1.0f + Math.abs(x));
  }

  @Override
  float slope(float x, float y) {
    float d = 1.0f + Math.abs(x);
    return 1.0f / (d * d);
  }
}
