package io.firesteel.layers;

import io.firesteel.saving.Argument;
import java.util.Locale;

/**
 * How the values between the places of an image are made, as Keras on JAX does it: a weighted mean
 * of the places around, of those that exist (jax.image.resize, without antialiasing).
 */
enum Interpolation {
  NEAREST(0),
  BILINEAR(1),
  BICUBIC(2),
  LANCZOS3(3),
  LANCZOS5(5);

  private static final double NEAR_ZERO = 1e-3;

  private final int radius;

  Interpolation(int radius) {
    this.radius = radius;
  }

  static Interpolation of(String layer, String name) {
    for (Interpolation known : values()) {
      if (known.toString().equals(name.toLowerCase(Locale.ROOT))) {
        return known;
      }
    }

    throw Argument.invalid(
        layer, "interpolation", name, "one of nearest, bilinear, bicubic, lanczos3, lanczos5");
  }

  /** Returns how many places of an axis a value comes from. */
  int taps() {
    return Math.max(1, 2 * radius);
  }

  /** Returns the first of the places that a value comes from, which may lie before the axis. */
  int first(int index, int scale) {
    return this == NEAREST ? index / scale : (int) Math.floor(place(index, scale)) - radius + 1;
  }

  private static double place(int index, int scale) {
    return (index + 0.5) / scale - 0.5;
  }

  /** Returns the weights of the places that a value comes from, 0 for those that do not exist. */
  float[] weights(int index, int scale, int length) {
    float[] weights = new float[taps()];
    if (this == NEAREST) {
      weights[0] = 1.0f;
      return weights;
    }

    int first = first(index, scale);
    double[] all = new double[weights.length];
    double total = 0.0;
    for (int i = 0; i < all.length; i++) {
      boolean exists = first + i >= 0 && first + i < length;
      all[i] = exists ? kernel(Math.abs(place(index, scale) - (first + i))) : 0.0;
      total += all[i];
    }

    for (int i = 0; i < all.length; i++) {
      weights[i] = (float) (all[i] / total);
    }

    return weights;
  }

  private double kernel(double x) {
    return switch (this) {
      case NEAREST -> 1.0;
      case BILINEAR -> Math.max(0.0, 1.0 - x);
      case BICUBIC -> cubic(x);
      case LANCZOS3, LANCZOS5 -> lanczos(x);
    };
  }

  private static double cubic(double x) {
    if (x >= 2.0) {
      return 0.0;
    }

    return x < 1.0 ? (1.5 * x - 2.5) * x * x + 1.0 : ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0;
  }

  private double lanczos(double x) {
    if (x <= NEAR_ZERO || x > radius) {
      return x > radius ? 0.0 : 1.0;
    }

    double angle = Math.PI * x;
    return radius * StrictMath.sin(angle) * StrictMath.sin(angle / radius) / (angle * angle);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
