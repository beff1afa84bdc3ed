package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;

/**
 * Adds up the gradients of {@code steps} calls, of which only the last makes an update, with the
 * mean. A variable without a gradient on that call is not updated and keeps its sum.
 *
 * <p>Source: Keras 3.15, {@code keras/src/backend/jax/optimizer.py}.
 */
final class GradientAccumulation {

  private final long steps;
  private final List<Variable> accumulators;
  private final OptimizerVariables.Index index;
  private final StepPlan.Part add = this::add;
  private final StepPlan.Part average = this::average;

  /** Adds an accumulator for each variable to the state of an optimizer. */
  GradientAccumulation(long steps, OptimizerVariables.Index index, BaseOptimizer optimizer) {
    this.steps = steps;
    this.index = index;
    this.accumulators =
        index.variables().stream()
            .map(v -> optimizer.addVariableFromReference(v, "gradient_accumulator"))
            .toList();
  }

  /**
   * Takes the gradients of the call after {@code calls} completed ones, and tells whether it makes
   * an update; they become the means then, in the step's next run, and are part of the sums
   * otherwise.
   */
  boolean completes(StepPlan pairs, long calls) {
    if (updatesAfter(calls)) {
      pairs.touchAll();
      pairs.then(average);
      return true;
    }

    pairs.then(add);
    pairs.run();
    return false;
  }

  private boolean updatesAfter(long calls) {
    return (calls + 1) % steps == 0;
  }

  private void add(StepPlan pairs, int pair, int from, int to) {
    FloatOps.add(sum(pairs.variable(pair)), pairs.gradient(pair).values(), from, to);
  }

  /** Turns a gradient into the mean, and the sum into zero. */
  private void average(StepPlan pairs, int pair, int from, int to) {
    float inverse = 1 / (float) steps;
    float[] gradient = pairs.gradient(pair).values();
    float[] sum = sum(pairs.variable(pair));
    for (int i = from; i < to; i++) {
      gradient[i] = (gradient[i] + sum[i]) * inverse;
      sum[i] = 0;
    }
  }

  /**
   * Accumulates the next value of a variable that gradients overwrite: the largest of the values,
   * assigned by the call that makes an update.
   */
  void overwrite(Variable variable, Tensor value, long calls) {
    float[] largest = sum(variable);
    FloatOps.maximum(largest, value.values());
    if (updatesAfter(calls)) {
      variable.assign(largest);
      Arrays.fill(largest, 0);
    }
  }

  private float[] sum(Variable variable) {
    return accumulators.get(index.of(variable)).values();
  }
}
