package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.saving.Config;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline that all optimizers share; a subclass adds its state in {@link #build}, its rule in
 * {@link #updateStep} and its arguments in {@link #getConfig}.
 *
 * <p>One call of {@link #applyGradients} does, in this order: drop variables without a gradient;
 * look for gradients that are not finite, if {@link NonFiniteGradients} says so; overwrite those
 * whose gradient is their next value; divide by the loss scale factor; accumulate; and, if an
 * update is due, clip, decay the weights and call {@code updateStep} for each variable. Then it
 * takes moving averages, applies constraints and counts the call.
 *
 * <p>There are two counters. The variable {@code iteration} counts calls but skipped ones, and
 * schedules get it; {@link #iterations} counts updates, for bias corrections. They differ only with
 * accumulation.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py} and {@code
 * keras/src/backend/jax/optimizer.py}. Differs from Keras: the learning rate is read once for a
 * step, also where a function determines it. Stricter than Keras: see {@link OptimizerBuilder} and
 * {@link #loadVariables}; a step takes one gradient for each variable, of its shape.
 */
public abstract class BaseOptimizer implements Optimizer {

  private final SharedArguments arguments;
  private final LearningRate learningRate;
  private final FiniteCheck finiteCheck;
  private final GradientClipping clipping;
  private final WeightDecay weightDecay;
  private final Variable iteration;
  private final OptimizerState state;
  private ChunkPool threads = ChunkPool.shared();
  private @Nullable Double lossScaleFactor;
  private @Nullable VariableIndex index;
  private @Nullable GradientPairs pairs;
  private @Nullable GradientAccumulation accumulation;
  private @Nullable MovingAverage average;

  /**
   * Creates an optimizer from the shared arguments of its builder.
   *
   * @throws IllegalArgumentException if one of them is out of its range
   */
  protected BaseOptimizer(OptimizerBuilder<?> builder) {
    this.arguments = SharedArguments.of(builder, getClass());
    this.finiteCheck = new FiniteCheck(arguments);
    this.clipping = new GradientClipping(arguments);
    this.weightDecay = new WeightDecay(arguments);
    this.lossScaleFactor = builder.lossScaleFactor;
    this.state = new OptimizerState(arguments.name());
    this.iteration = state.addInteger("iteration", 0);
    this.learningRate = new LearningRate(arguments.name(), builder, state);
  }

  @Override
  public final String name() {
    return arguments.name();
  }

  /**
   * Creates the state for these variables. An override begins with {@code super.build(variables)},
   * and then adds its own state, once.
   *
   * @throws IllegalArgumentException if a variable is there twice or is an integer
   */
  @Override
  public void build(List<Variable> variables) {
    if (index != null) {
      state.complete();
      return;
    }

    index = new VariableIndex(name(), variables);
    pairs = new GradientPairs(index, threads);
    if (arguments.useEma()) {
      average =
          new MovingAverage(
              arguments, index, addOptimizerVariables(variables, "average").get(0), threads);
    }

    Long steps = arguments.gradientAccumulationSteps();
    if (steps != null) {
      accumulation = new GradientAccumulation(steps, index, this);
    }
  }

  @Override
  public final boolean isBuilt() {
    return index != null;
  }

  @Override
  public void applyGradients(List<GradAndVar> gradsAndVars) {
    if (gradsAndVars.isEmpty()) {
      return;
    }

    if (!isBuilt()) {
      build(gradsAndVars.stream().map(GradAndVar::variable).toList());
    }

    state.complete();
    GradientPairs step = built(pairs);
    step.collect(gradsAndVars);
    if (finiteCheck.skips(gradsAndVars, iteration.integer())) {
      step.clear();
      return;
    }

    float rate = learningRate();
    weightDecay.begin(iteration.integer());
    step.spread();
    step.overwriteVariables(accumulation, iteration.integer());
    if (step.size() > 0) {
      apply(step, rate);
    }

    step.clear();
    iteration.assign(iteration.integer() + 1);
  }

  /** Throws if a step is one that {@link NonFiniteGradients#FAIL} refuses. */
  final void refuseNonFinite(List<GradAndVar> step) {
    finiteCheck.refuse(step, iteration.integer());
  }

  private void apply(GradientPairs step, float rate) {
    step.divide(lossScale());
    if (accumulation == null || accumulation.completes(step, iteration.integer())) {
      clipping.apply(step);
      weightDecay.apply(step, this, rate);
      updateVariables(step, rate);
    }

    if (average != null) {
      average.update(iterations());
    }

    step.constrainVariables();
  }

  /** Updates the variables, after what the step is to do before. */
  void updateVariables(GradientPairs step, float rate) {
    step.run();
    step.touchAll();
    beforeUpdateSteps(rate);
    for (int i = 0; i < step.size(); i++) {
      updateStep(step.gradient(i), step.variable(i), rate);
    }
  }

  /** Sets the threads to use instead of the shared ones. To be called before {@link #build}. */
  final void threads(ChunkPool pool) {
    threads = pool;
  }

  /**
   * Prepares an update: what depends on the step and not on the variable. Called before the first
   * {@link #updateStep}; does nothing unless overridden.
   */
  protected void beforeUpdateSteps(float learningRate) {}

  /**
   * Updates one variable and its slots in place.
   *
   * @param gradient unscaled, accumulated and clipped; it may be overwritten
   */
  protected abstract void updateStep(Tensor gradient, Variable variable, float learningRate);

  /** Prepares the weight decay of a pair: all rows of its variable decay. */
  void beforeDecay(GradientPairs step, int pair) {
    step.touchAll(pair);
  }

  /** Returns the weight decay of a variable that is not excluded, or null if there is none. */
  protected @Nullable Double weightDecay(Variable variable) {
    return weightDecay.rate();
  }

  /**
   * Adds a variable of zeros to the state, of the shape of a model's variable. Called in {@link
   * #build}.
   *
   * @param name what the variable holds, e.g. {@code momentum}; the path of the model's variable
   *     goes before it
   */
  protected final Variable addVariableFromReference(Variable reference, String name) {
    return addVariable(reference.shape(), reference.path().replace('/', '_') + "_" + name, 0);
  }

  /** Adds a float variable of equal values to the state. Called in {@link #build}. */
  protected final Variable addVariable(Shape shape, String name, double initialValue) {
    built(index);
    return state.addFloats(shape, name, initialValue);
  }

  /** Adds an integer to the state. Called in {@link #build}. */
  protected final Variable addInteger(String name, long initialValue) {
    built(index);
    return state.addInteger(name, initialValue);
  }

  /**
   * Adds slots of zeros for each variable that gradients don't overwrite: all slots of the first
   * variable, then those of the second.
   */
  final List<Slots> addOptimizerVariables(List<Variable> references, String... names) {
    return Slots.create(this, built(index), references, names);
  }

  /**
   * Returns the position of a variable among those that the optimizer was built with.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  protected final int variableIndex(Variable variable) {
    return built(index).of(variable);
  }

  /**
   * Excludes variables from weight decay, instead of those that were excluded before.
   *
   * @param variables the variables themselves
   * @param names regular expressions; a variable is excluded if one is found in its name, which is
   *     the last part of its path, e.g. {@code bias}
   */
  public final void excludeFromWeightDecay(List<Variable> variables, List<String> names) {
    weightDecay.exclude(variables, names);
  }

  /**
   * Excludes variables from weight decay by their paths, beside those that {@link
   * #excludeFromWeightDecay} excludes and instead of earlier paths. Keras has no such thing.
   *
   * @param paths regular expressions; a variable is excluded if one is found in its path, e.g.
   *     {@code sequential/dense_1/}
   */
  public final void excludePathsFromWeightDecay(List<String> paths) {
    weightDecay.excludePaths(paths);
  }

  @Override
  public final List<Variable> variables() {
    return state.variables();
  }

  @Override
  public final void loadVariables(List<Variable> saved) {
    StateLoading.load(this, saved);
  }

  @Override
  public final long iterations() {
    Long steps = arguments.gradientAccumulationSteps();
    return steps == null ? iteration.integer() : iteration.integer() / steps;
  }

  @Override
  public final float learningRate() {
    return learningRate.current(iteration.integer());
  }

  @Override
  public final void setLearningRate(double value) {
    learningRate.set(value);
  }

  /** Lets a schedule determine the learning rate from now on; a number cannot be set any more. */
  public final void setLearningRate(LearningRateSchedule schedule) {
    learningRate.set(schedule);
  }

  /** Lets a function determine the learning rate from now on; a number cannot be set any more. */
  public final void setLearningRate(DoubleSupplier function) {
    learningRate.set(function);
  }

  @Override
  public final float lossScale() {
    return lossScaleFactor == null ? 1 : (float) (double) lossScaleFactor;
  }

  /** Sets the loss scale factor, for wrappers that bring their own. */
  final void lossScaleFactor(@Nullable Double factor) {
    lossScaleFactor = factor;
  }

  @Override
  public boolean hasEvaluationValues() {
    return arguments.useEma();
  }

  @Override
  public float[] evaluationValues(Variable variable) {
    return arguments.useEma() && iteration.integer() > 0
        ? built(average).of(variable)
        : variable.values();
  }

  @Override
  public void finalizeVariableValues(List<Variable> variables) {
    if (arguments.useEma()) {
      built(average).overwrite(variables);
    }
  }

  @Override
  public Config getConfig() {
    return arguments.toConfig(learningRate.toConfig(), lossScaleFactor);
  }

  /** Returns a part of the state that {@link #build} creates. */
  final <T> T built(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(
          name() + " is not built. Call build with the model's trainable variables first");
    }

    return part;
  }
}
