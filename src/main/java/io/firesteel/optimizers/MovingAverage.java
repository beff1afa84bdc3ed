package io.firesteel.optimizers;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exponential moving averages of an optimizer's variables,
 *
 * <pre>average = momentum * average + (1 - momentum) * w</pre>
 *
 * which are taken after the update, start as copies of the variables after the first, and are
 * written into the variables after every {@code overwriteFrequency} updates and at the end.
 *
 * <p>With accumulation they are taken on every call, as in Keras, not only when an update is made.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py} and {@code
 * keras/src/backend/jax/optimizer.py}.
 */
final class MovingAverage {

  /*
   * Overwriting keeps the sign of an average of -0. JAX selects by multiplying with 1 and 0, which
   * makes it +0.
   */
  private final float momentum;
  private final @Nullable Long overwriteFrequency;
  private final OptimizerVariables.Index index;
  private final List<Variable> variables;
  private final OptimizerVariables averages;
  private final StepPlan plan;
  private final StepPlan.Part average = this::average;
  private float share;

  MovingAverage(
      OptimizerArguments arguments,
      OptimizerVariables.Index index,
      OptimizerVariables averages,
      ChunkPool threads) {
    this.momentum = (float) arguments.emaMomentum();
    this.overwriteFrequency = arguments.emaOverwriteFrequency();
    this.index = index;
    this.variables = index.variables();
    this.averages = averages;
    List<Variable> averaged =
        variables.stream().filter(v -> averages.at(index.of(v)) != null).toList();
    this.plan = new StepPlan(StepGradients.ofVariables(index, averaged), threads);
  }

  /**
   * Takes the average, and overwrites the variables if it is time to.
   *
   * @param iterations the number of updates completed before this step
   */
  void update(long iterations) {
    share = iterations == 0 ? 0 : momentum;
    plan.then(average).run();
    if (overwriteFrequency != null && (iterations + 1) % overwriteFrequency == 0) {
      for (int v = 0; v < variables.size(); v++) {
        overwrite(v);
      }
    }
  }

  private void average(StepPlan step, int position, int from, int to) {
    Variable variable = step.variable(position);
    float[] a = averages.values(variable);
    float[] w = variable.values();
    float keep = share;
    float rest = 1 - keep;
    for (int i = from; i < to; i++) {
      a[i] = keep * a[i] + rest * w[i];
    }
  }

  /** Returns the average of a variable, its own values if it has none; not a copy. */
  float[] of(Variable variable) {
    Variable average = averages.at(index.of(variable));
    return average == null ? variable.values() : average.values();
  }

  /** Writes the averages into the variables, which must be those of the optimizer. */
  void overwrite(List<Variable> targets) {
    if (targets.size() != variables.size()) {
      throw new IllegalArgumentException(
          "The averages of %d variables must be written into these. Received %d variables"
              .formatted(variables.size(), targets.size()));
    }

    for (int position : targets.stream().mapToInt(index::of).toArray()) {
      overwrite(position);
    }
  }

  private void overwrite(int position) {
    Variable average = averages.at(position);
    if (average != null) {
      variables.get(position).assign(average.values());
    }
  }
}
