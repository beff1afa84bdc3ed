package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.saving.Config;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The pipeline that all optimizers share. A subclass takes its arguments in its constructor, adds
 * its state in {@link #buildVariables}, and has its rule in {@link #updateStep} (or extends {@link
 * ElementwiseOptimizer}, whose rules run on several threads).
 *
 * <p>One call of {@link #applyGradients} does, in this order: drop variables without a gradient;
 * look for gradients that are not finite, if {@link NonFiniteGradients} says so; overwrite those
 * whose gradient is their next value; divide by the loss scale factor; accumulate; and, if an
 * update is due, clip, decay the weights and call {@code updateStep} for each variable. Then it
 * takes moving averages, applies constraints and counts the call.
 *
 * <p>There are two counters. The variable {@code iteration} counts the calls that were not skipped,
 * and schedules get it; {@link #iterations} counts updates, for bias corrections. They differ only
 * with accumulation.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py} and {@code
 * keras/src/backend/jax/optimizer.py}. Differs from Keras: the learning rate is read once for a
 * step, also where a function determines it. Stricter than Keras: see {@link OptimizerArguments}
 * and {@link #loadVariables}; a step takes one gradient for each variable, of its shape.
 */
public abstract class BaseOptimizer implements Optimizer {

  private final OptimizerArguments arguments;
  private final OptimizerVariables.LearningRate learningRate;
  private final Variable iteration;
  private final OptimizerVariables.State state;
  private final StepPlan.LossScale scale;
  private final WeightDecay weightDecay;
  private final StepPipeline pipeline;
  private ChunkPool threads = ChunkPool.shared();
  private OptimizerVariables.@Nullable Index index;

  /** Creates an optimizer with its arguments, which are checked. */
  protected BaseOptimizer(OptimizerArguments arguments) {
    this.arguments = arguments;
    this.scale = new StepPlan.LossScale(arguments.lossScaleFactor());
    this.weightDecay = new WeightDecay(arguments);
    this.state = new OptimizerVariables.State(arguments.name());
    this.iteration = state.addInteger("iteration", 0);
    this.pipeline = new StepPipeline(this, arguments, iteration, scale, weightDecay);
    this.learningRate = new OptimizerVariables.LearningRate(arguments, state);
  }

  @Override
  public final String name() {
    return arguments.name();
  }

  /**
   * Creates the state for these variables, once: averages and accumulators that all optimizers have
   * if their arguments say so, and then the optimizer's own.
   *
   * @throws IllegalArgumentException if a variable is there twice or is an integer
   */
  @Override
  public final void build(List<Variable> variables) {
    if (index != null) {
      return;
    }

    OptimizerVariables.Index built = new OptimizerVariables.Index(name(), variables);
    index = built;
    pipeline.build(arguments, built, threads);
    buildVariables(variables);
    state.complete();
  }

  /**
   * Adds the optimizer's own state, with {@link #addOptimizerVariables} and the like. Called once,
   * by {@link #build}; adds nothing unless overridden.
   */
  protected void buildVariables(List<Variable> variables) {}

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

    pipeline.perform(gradsAndVars);
  }

  /** A subclass that does something of its own with a step gets whole ones. */
  @Override
  public boolean beginParts() {
    try {
      return getClass().getMethod("applyGradients", List.class).getDeclaringClass()
              == BaseOptimizer.class
          && pipeline.beginParts();
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void applyPart(List<GradAndVar> gradsAndVars) {
    pipeline.applyPart(gradsAndVars);
  }

  @Override
  public void endParts() {
    pipeline.endParts();
  }

  /** Throws if a step is one that {@link NonFiniteGradients#FAIL} refuses. */
  final void refuseNonFinite(List<GradAndVar> step) {
    pipeline.refuseNonFinite(step);
  }

  /**
   * Updates all variables of a step: calls {@link #beforeUpdateSteps} and then {@link #updateStep}
   * for each, one after the other, unless overridden. An override can share the elements of all
   * variables among threads, see {@link StepPlan}.
   */
  protected void updateVariables(StepPlan step, float learningRate) {
    step.run();
    step.touchAll();
    beginUpdates(learningRate);
    for (int i = 0; i < step.size(); i++) {
      updateStep(step.gradient(i), step.variable(i), learningRate);
    }
  }

  /** Tells whether each element of each variable is updated by itself. */
  boolean isElementwise() {
    return false;
  }

  /** Calls {@link #beforeUpdateSteps}, once a step, whatever the number of its parts. */
  final void beginUpdates(float learningRate) {
    if (pipeline.beginsUpdates()) {
      beforeUpdateSteps(learningRate);
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
   * Updates one variable and its slots in place. To be overridden, or {@link #updateVariables}.
   *
   * @param gradient unscaled, accumulated and clipped; it may be overwritten
   */
  protected void updateStep(Tensor gradient, Variable variable, float learningRate) {
    throw new UnsupportedOperationException(
        arguments.owner() + " must override updateStep or updateVariables");
  }

  /** Prepares the weight decay of a pair: all rows of its variable decay. */
  void beforeDecay(StepPlan step, int pair) {
    step.touchAll(pair);
  }

  /** Returns the weight decay of a variable that is not excluded, or null if there is none. */
  protected @Nullable Double weightDecay(Variable variable) {
    return weightDecay.rate();
  }

  /**
   * Adds a variable of zeros to the state, of the shape of a model's variable. Called in {@link
   * #buildVariables}.
   *
   * <p>After every 16th update its values of a magnitude below 2^-110 become zero, before they are
   * denormal: {@link FloatOps#flush} compares that with Keras on JAX.
   *
   * @param name what the variable holds, e.g. {@code momentum}; the path of the model's variable
   *     goes before it
   */
  protected final Variable addVariableFromReference(Variable reference, String name) {
    String path = reference.path().replace('/', '_') + "_" + name;
    Variable slot = addVariable(reference.shape(), path, 0);
    pipeline.addSlot(reference, slot);
    return slot;
  }

  /** Tells whether slots may decay towards zero while their gradients are zero. */
  boolean slotsDecay() {
    return true;
  }

  /** Adds a float variable of equal values to the state. Called in {@link #buildVariables}. */
  protected final Variable addVariable(Shape shape, String name, double initialValue) {
    built(index);
    return state.addFloats(shape, name, initialValue);
  }

  /** Marks a variable of the state that Keras does not save inside of wrappers. */
  final Variable markUntracked(Variable variable) {
    state.markUntracked(variable);
    return variable;
  }

  /** Tells whether Keras does not save a variable of the state inside of wrappers. */
  final boolean isUntracked(Variable variable) {
    return state.isUntracked(variable);
  }

  /** Works untracked variables out after the others were loaded; there are none in most. */
  void recoverUntracked() {}

  /** Adds an integer to the state. Called in {@link #buildVariables}. */
  protected final Variable addInteger(String name, long initialValue) {
    built(index);
    return state.addInteger(name, initialValue);
  }

  /**
   * Adds a slot of zeros for each variable that gradients don't overwrite. Called in {@link
   * #buildVariables}.
   *
   * @param name what the slots hold, e.g. {@code momentum}
   */
  protected final OptimizerVariables addOptimizerVariables(List<Variable> references, String name) {
    return OptimizerVariables.create(this, built(index), references, name).get(0);
  }

  /**
   * Adds several slots of zeros for each variable that gradients don't overwrite: all slots of the
   * first variable, then those of the second. Called in {@link #buildVariables}.
   *
   * @return for each name its slots
   */
  protected final List<OptimizerVariables> addOptimizerVariables(
      List<Variable> references, String... names) {
    return OptimizerVariables.create(this, built(index), references, names);
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
    weightDecay.exclusions(weightDecay.exclusions().with(variables, names));
  }

  /**
   * Excludes variables from weight decay by their paths, beside those that {@link
   * #excludeFromWeightDecay} excludes and instead of earlier paths. An addition to Keras.
   *
   * @param paths regular expressions; a variable is excluded if one is found in its path, e.g.
   *     {@code sequential/dense_1/}
   */
  public final void excludePathsFromWeightDecay(List<String> paths) {
    weightDecay.exclusions(weightDecay.exclusions().withPaths(paths));
  }

  @Override
  public final List<Variable> variables() {
    return state.variables();
  }

  @Override
  public final void loadVariables(List<Variable> saved) {
    OptimizerVariables.State.load(this, saved);
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
    return scale.value();
  }

  /** Sets the loss scale factor, for wrappers that bring their own. */
  final void lossScaleFactor(@Nullable Double factor) {
    scale.factor(factor);
  }

  @Override
  public boolean hasEvaluationValues() {
    return arguments.useEma();
  }

  @Override
  public float[] evaluationValues(Variable variable) {
    return arguments.useEma() && iteration.integer() > 0
        ? pipeline.average().of(variable)
        : variable.values();
  }

  @Override
  public void finalizeVariableValues(List<Variable> variables) {
    if (arguments.useEma()) {
      pipeline.average().overwrite(variables);
    }
  }

  @Override
  public Config getConfig() {
    return arguments.toConfig(learningRate.toConfig(), scale.factor(), weightDecay.exclusions());
  }

  /** Returns a part of the state that {@link #build} creates. */
  final <T> T built(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(
          name() + " is not built. Call build with the model's trainable variables first");
    }

    return part;
  }

  @Override
  public final String toString() {
    return className() + getConfig().toJson();
  }
}
