package io.firesteel.optimizers;

import io.firesteel.saving.Config;

/**
 * An elementwise optimizer that can be set to be lazy: row-sparse gradients then update only the
 * rows that they touch. Dense gradients, and those that clipping turns into NaN, update all rows in
 * any case. Averages and constraints are of all rows too.
 *
 * <p>Bias corrections go by the number of updates, not by how often a row was touched.
 *
 * <p>Source: TensorFlow Addons, {@code LazyAdam}, and its weight decay of touched rows. Keras has
 * no such thing.
 */
abstract class LazyMoments extends ElementwiseOptimizer {

  static final String KEY = "lazy";

  private final boolean lazy;

  LazyMoments(LazyBuilder<?> builder) {
    super(builder);
    this.lazy = builder.lazy;
    Long steps = builder.gradientAccumulationSteps;
    if (lazy && steps != null) {
      throw new IllegalArgumentException(
          "%s: 'lazy' and 'gradient_accumulation_steps' cannot be set together, as means of several steps touch all rows. Received: lazy=true, gradient_accumulation_steps=%d"
              .formatted(getClass().getSimpleName(), steps));
    }
  }

  @Override
  final boolean visitsTouchedRowsOnly(float learningRate) {
    return lazy || super.visitsTouchedRowsOnly(learningRate);
  }

  @Override
  final void beforeDecay(GradientPairs step, int pair) {
    if (!lazy) {
      super.beforeDecay(step, pair);
    }
  }

  @Override
  public Config getConfig() {
    return lazy ? super.getConfig().with(KEY, true) : super.getConfig();
  }
}
