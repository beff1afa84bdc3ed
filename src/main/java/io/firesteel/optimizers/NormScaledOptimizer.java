package io.firesteel.optimizers;

import io.firesteel.variables.Variable;

/**
 * An optimizer whose rule makes an update of each element by itself and then scales the updates of
 * a variable by its norm and theirs:
 *
 * <pre>
 * u = update(g)
 * w = w - rate(|w|^2, |u|^2) * (u * factor(|u|^2))
 * </pre>
 *
 * <p>Threads share the elements of all variables, as those of an {@link ElementwiseOptimizer}; the
 * norms are sums over fixed chunks, so that no bit depends on the threads.
 */
abstract class NormScaledOptimizer extends BaseOptimizer {

  private final SquareSums weights = SquareSums.ofVariables();
  private final SquareSums updates = SquareSums.ofGradients();
  private final StepPlan.Part makeUpdates = this::makeUpdates;
  private final StepPlan.Part move = this::move;
  private float[] rates = {};
  private float[] factors = {};

  NormScaledOptimizer(OptimizerArguments arguments) {
    super(arguments);
  }

  /** Prepares the updates of a step; does nothing unless overridden. It may run the step. */
  void beforeUpdates(StepPlan step) {}

  /**
   * Replaces some elements of a gradient by their updates. Called by several threads at once, for
   * other elements.
   */
  abstract void makeUpdates(float[] gradient, Variable variable, int from, int to);

  /** The rate of a variable, by the sums of the squares of its values and of their updates. */
  abstract float rate(Variable variable, float squares, float updateSquares, float learningRate);

  /** What the updates of a variable are multiplied by first; 1 unless overridden. */
  float factor(Variable variable, float updateSquares) {
    return 1;
  }

  @Override
  protected final void updateVariables(StepPlan step, float learningRate) {
    beforeUpdateSteps(learningRate);
    step.touchAll();
    beforeUpdates(step);
    step.then(makeUpdates);
    weights.join(step);
    updates.take(step);
    scale(step, learningRate);
    step.then(move);
    step.run();
  }

  private void scale(StepPlan step, float learningRate) {
    if (rates.length < step.size()) {
      rates = new float[step.size()];
      factors = new float[step.size()];
    }

    for (int i = 0; i < step.size(); i++) {
      rates[i] = rate(step.variable(i), weights.sum(i), updates.sum(i), learningRate);
      factors[i] = factor(step.variable(i), updates.sum(i));
    }
  }

  private void makeUpdates(StepPlan step, int pair, int from, int to) {
    makeUpdates(step.gradient(pair).values(), step.variable(pair), from, to);
  }

  private void move(StepPlan step, int pair, int from, int to) {
    float[] w = step.variable(pair).values();
    float[] u = step.gradient(pair).values();
    float rate = rates[pair];
    float factor = factors[pair];
    for (int i = from; i < to; i++) {
      w[i] -= rate * (u[i] * factor);
    }
  }
}
