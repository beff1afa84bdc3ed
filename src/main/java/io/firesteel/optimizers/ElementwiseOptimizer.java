package io.firesteel.optimizers;

import io.firesteel.variables.Variable;

/**
 * An optimizer whose rule treats each element by itself, so that the elements of a step can be
 * shared among threads: a subclass has it in {@link #updateRange}.
 *
 * <p>Large steps are cut into ranges that do not depend on the number of threads (see {@link
 * io.firesteel.tensor.ChunkPool#shared}), and neither does the result.
 *
 * <p>Some rules can be set to be lazy: row-sparse gradients then update only the rows that they
 * touch, with their slots, and decay only these. Dense gradients, and those that clipping turns
 * into NaN, update all rows in any case; averages and constraints are of all rows too. Bias
 * corrections go by the number of updates, not by how often a row was touched. This is TensorFlow
 * Addons' {@code LazyAdam}, an addition to Keras.
 */
public abstract class ElementwiseOptimizer extends BaseOptimizer {

  /** The argument of rules that can be lazy. */
  static final String LAZY = "lazy";

  private final StepPlan.Part update = this::update;
  private final boolean lazy;
  private float rate;

  /** Creates an optimizer with its arguments. */
  protected ElementwiseOptimizer(OptimizerArguments arguments) {
    this(arguments, false);
  }

  /** Creates an optimizer that is lazy or not. */
  ElementwiseOptimizer(OptimizerArguments arguments, boolean lazy) {
    super(arguments);
    this.lazy = lazy;
    Long steps = arguments.gradientAccumulationSteps();
    if (lazy && steps != null) {
      throw new IllegalArgumentException(
          "%s: 'lazy' and 'gradient_accumulation_steps' cannot be set together, as means of several steps touch all rows. Received: lazy=true, gradient_accumulation_steps=%d"
              .formatted(arguments.owner(), steps));
    }
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
  final boolean isElementwise() {
    return true;
  }

  @Override
  protected final void updateVariables(StepPlan step, float learningRate) {
    beginUpdates(learningRate);
    rate = learningRate;
    if (!visitsTouchedRowsOnly(learningRate)) {
      step.touchAll();
    }

    step.then(update).run();
  }

  /** A rate of -0.0 would turn a weight of -0.0 into +0.0. */
  private boolean visitsTouchedRowsOnly(float learningRate) {
    return lazy
        || (keepsUntouchedRows()
            && Float.isFinite(learningRate)
            && Math.copySign(1, learningRate) > 0);
  }

  @Override
  final boolean slotsDecay() {
    return !keepsUntouchedRows();
  }

  @Override
  final void beforeDecay(StepPlan step, int pair) {
    if (!lazy) {
      super.beforeDecay(step, pair);
    }
  }

  private void update(StepPlan step, int pair, int from, int to) {
    updateRange(step.gradient(pair).values(), step.variable(pair), from, to, rate);
  }
}
