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
  private final OptimizerArguments arguments;
  private final SquareSums squares = SquareSums.ofGradients();
  private final StepPlan.Part clipNorm = this::clipNorm;
  private final StepPlan.Part scaleAll = this::scaleAll;
  private final StepPlan.Part clipValue = this::clipValue;
  private float[] inverses = {};
  private float limit;
  private float scale;

  GradientClipping(OptimizerArguments arguments) {
    this.arguments = arguments;
  }

  /** Tells whether a gradient is limited by the norm of all. */
  boolean isGlobal() {
    return arguments.globalClipnorm() != null;
  }

  /** Limits the gradients in the next run; takes the norms in one before. */
  void apply(StepPlan pairs) {
    if (arguments.clipnorm() != null) {
      limit = (float) (double) arguments.clipnorm();
      squares.take(pairs);
      invertNorms(pairs);
      pairs.then(clipNorm);
    } else if (arguments.globalClipnorm() != null) {
      squares.take(pairs);
      scale = globalScale(pairs, arguments.globalClipnorm());
      pairs.touchAllUnlessFinite(scale);
      pairs.then(scaleAll);
    } else if (arguments.clipvalue() != null) {
      limit = (float) (double) arguments.clipvalue();
      pairs.then(clipValue);
    }
  }

  private void invertNorms(StepPlan pairs) {
    if (inverses.length < pairs.size()) {
      inverses = new float[pairs.size()];
    }

    for (int i = 0; i < pairs.size(); i++) {
      inverses[i] = 1 / Math.max(FloatOps.sqrt(squares.sum(i)), limit);
      if (!Float.isFinite(inverses[i])) {
        pairs.touchAll(i);
      }
    }
  }

  private float globalScale(StepPlan pairs, double limit) {
    float sum = 0;
    for (int i = 0; i < pairs.size(); i++) {
      sum += squares.sum(i);
    }

    float norm = FloatOps.sqrt(sum);
    return Float.isFinite(norm)
        ? (float) limit * Math.min(1 / norm, (float) (1 / limit))
        : Float.NaN;
  }

  private void clipNorm(StepPlan pairs, int pair, int from, int to) {
    float[] gradient = pairs.gradient(pair).values();
    float most = limit;
    float inverse = inverses[pair];
    for (int i = from; i < to; i++) {
      gradient[i] = gradient[i] * most * inverse;
    }
  }

  private void scaleAll(StepPlan pairs, int pair, int from, int to) {
    FloatOps.multiply(pairs.gradient(pair).values(), from, to, scale);
  }

  private void clipValue(StepPlan pairs, int pair, int from, int to) {
    FloatOps.clip(pairs.gradient(pair).values(), from, to, -limit, limit);
  }
}
