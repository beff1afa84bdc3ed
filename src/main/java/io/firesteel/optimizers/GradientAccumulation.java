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
  private final VariableIndex index;

  /** Adds an accumulator for each variable to the state of an optimizer. */
  GradientAccumulation(long steps, VariableIndex index, BaseOptimizer optimizer) {
    this.steps = steps;
    this.index = index;
    this.accumulators =
        index.variables().stream()
            .map(v -> optimizer.addVariableFromReference(v, "gradient_accumulator"))
            .toList();
  }

  /**
   * Takes the gradients of the call after {@code calls} completed ones, and tells whether it makes
   * an update; they are the means then, and otherwise part of the sums.
   */
  boolean completes(GradientPairs pairs, long calls) {
    if (updatesAfter(calls)) {
      average(pairs);
      return true;
    }

    add(pairs);
    return false;
  }

  private boolean updatesAfter(long calls) {
    return (calls + 1) % steps == 0;
  }

  private void add(GradientPairs pairs) {
    for (int i = 0; i < pairs.size(); i++) {
      FloatOps.add(sum(pairs.variable(i)), pairs.gradient(i).values());
    }
  }

  /** Turns the gradients into the means, and the sums into zero. */
  private void average(GradientPairs pairs) {
    float inverse = 1 / (float) steps;
    for (int i = 0; i < pairs.size(); i++) {
      float[] gradient = pairs.gradient(i).values();
      float[] sum = sum(pairs.variable(i));
      for (int k = 0; k < sum.length; k++) {
        gradient[k] = (gradient[k] + sum[k]) * inverse;
      }

      Arrays.fill(sum, 0);
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
