package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import org.jspecify.annotations.Nullable;

/** The factor that the loss was multiplied by, which gradients are divided by. */
final class GradientScale {

  private final StepPlan.Part divide = this::divide;
  private @Nullable Double factor;
  private float inverse = 1;

  GradientScale(@Nullable Double factor) {
    this.factor = factor;
  }

  @Nullable Double factor() {
    return factor;
  }

  void factor(@Nullable Double value) {
    factor = value;
  }

  /** Returns the factor, 1 if there is none. */
  float value() {
    return factor == null ? 1 : (float) (double) factor;
  }

  /** Divides the gradients of a step in its next run. */
  void undo(StepPlan step) {
    if (value() != 1) {
      inverse = 1 / value();
      step.touchAllUnlessFinite(inverse);
      step.then(divide);
    }
  }

  private void divide(StepPlan step, int pair, int from, int to) {
    FloatOps.multiply(step.gradient(pair).values(), from, to, inverse);
  }
}
