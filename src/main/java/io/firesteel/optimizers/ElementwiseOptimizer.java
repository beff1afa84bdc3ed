package io.firesteel.optimizers;

import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;

/**
 * An optimizer whose rule treats each element by itself, so that the elements of a step can be
 * shared among threads. A subclass has its rule in {@link #updateRange} instead of {@link
 * #updateStep}.
 *
 * <p>Large steps are cut into ranges that do not depend on the number of threads (see {@link
 * io.firesteel.tensor.ChunkPool#shared}), and neither does the result.
 */
public abstract class ElementwiseOptimizer extends BaseOptimizer {

  private final RangeStep<GradientPairs> update = this::update;
  private float rate;

  /**
   * Creates an optimizer from the shared arguments of its builder.
   *
   * @throws IllegalArgumentException if one of them is out of its range
   */
  protected ElementwiseOptimizer(OptimizerBuilder<?> builder) {
    super(builder);
  }

  /**
   * Updates some elements of one variable and of its slots in place. Called by several threads at
   * once, for other elements: it may read what belongs to the step, but change nothing else.
   *
   * @param gradient unscaled, accumulated and clipped; these elements of it may be overwritten
   * @param from the first element
   * @param to the element after the last one
   */
  protected abstract void updateRange(
      float[] gradient, Variable variable, int from, int to, float learningRate);

  /**
   * Tells whether an element whose gradient is +0.0, and its slots, keep their bits in an update,
   * whatever they are, at any finite learning rate of at least 0; false unless overridden. Then an
   * update visits only the rows that a row-sparse gradient touches, where weight decay and
   * accumulation leave the others alone.
   */
  protected boolean keepsUntouchedRows() {
    return false;
  }

  @Override
  protected final void updateStep(Tensor gradient, Variable variable, float learningRate) {
    updateRange(gradient.values(), variable, 0, gradient.values().length, learningRate);
  }

  @Override
  final void updateVariables(GradientPairs step, float learningRate) {
    beforeUpdateSteps(learningRate);
    rate = learningRate;
    if (!visitsTouchedRowsOnly(learningRate)) {
      step.touchAll();
    }

    step.then(update);
    step.run();
  }

  /** A rate of -0.0 would turn a weight of -0.0 into +0.0. */
  boolean visitsTouchedRowsOnly(float learningRate) {
    return keepsUntouchedRows()
        && Float.isFinite(learningRate)
        && Math.copySign(1, learningRate) > 0;
  }

  private void update(GradientPairs step, int pair, int from, int to) {
    updateRange(step.gradient(pair).values(), step.variable(pair), from, to, rate);
  }
}
