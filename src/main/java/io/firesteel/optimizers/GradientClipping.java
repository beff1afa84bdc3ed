package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;

/**
 * Limits gradients in place, by at most one of three rules:
 *
 * <pre>
 * clipnorm c:         g = g * c / max(|g|, c)             each gradient by its own norm
 * global_clipnorm c:  g = g * c * min(1 / n, 1 / c)       n the norm of all gradients together
 * clipvalue c:        g = min(max(g, -c), c)
 * </pre>
 *
 * <p>A global norm that is infinite or NaN turns every gradient into NaN, as in Keras.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py}.
 */
final class GradientClipping {

  /*
   * Dividing a tensor by a number is multiplying by its rounded inverse, as XLA does it. Values differ from Keras's in the last bit where its float32 sum of squares does: Keras leaves
   * the order of that sum to its backend; ours is FloatOps's, which is nearer the exact sum.
   */
  private final SharedArguments arguments;

  GradientClipping(SharedArguments arguments) {
    this.arguments = arguments;
  }

  void apply(GradientPairs pairs) {
    if (arguments.clipnorm() != null) {
      float limit = (float) (double) arguments.clipnorm();
      for (int i = 0; i < pairs.size(); i++) {
        clipNorm(pairs.gradient(i).values(), limit);
      }
    } else if (arguments.globalClipnorm() != null) {
      clipGlobalNorm(pairs, arguments.globalClipnorm());
    } else if (arguments.clipvalue() != null) {
      float limit = (float) (double) arguments.clipvalue();
      for (int i = 0; i < pairs.size(); i++) {
        FloatOps.clip(pairs.gradient(i).values(), -limit, limit);
      }
    }
  }

  private static void clipNorm(float[] gradient, float limit) {
    float inverse = 1 / Math.max(FloatOps.norm(gradient), limit);
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] = gradient[i] * limit * inverse;
    }
  }

  private static void clipGlobalNorm(GradientPairs pairs, double limit) {
    float squares = 0;
    for (int i = 0; i < pairs.size(); i++) {
      squares += FloatOps.sumOfSquares(pairs.gradient(i).values());
    }

    float norm = FloatOps.sqrt(squares);
    float scale =
        Float.isFinite(norm) ? (float) limit * Math.min(1 / norm, (float) (1 / limit)) : Float.NaN;
    for (int i = 0; i < pairs.size(); i++) {
      FloatOps.multiply(pairs.gradient(i).values(), scale);
    }
  }
}
