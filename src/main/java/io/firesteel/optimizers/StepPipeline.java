package io.firesteel.optimizers;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BaseOptimizer} does with the gradients of a step, all at once or variable by
 * variable. What is asked once a step, the learning rate and the weight decay of schedules, is kept
 * for all of its parts.
 */
final class StepPipeline {

  private final BaseOptimizer optimizer;
  private final Variable iteration;
  private final StepPlan.LossScale scale;
  private final WeightDecay weightDecay;
  private final NonFiniteGradients.@Nullable Check finiteCheck;
  private final @Nullable GradientClipping clipping;
  private final StepPlan.DenormalFlush decayed = new StepPlan.DenormalFlush();
  private @Nullable StepGradients gradients;
  private @Nullable StepPlan plan;
  private @Nullable GradientAccumulation accumulation;
  private @Nullable MovingAverage average;
  private float rate;
  private boolean inParts;
  private boolean isUpdating;

  StepPipeline(
      BaseOptimizer optimizer,
      OptimizerArguments arguments,
      Variable iteration,
      StepPlan.LossScale scale,
      WeightDecay weightDecay) {
    this.optimizer = optimizer;
    this.iteration = iteration;
    this.scale = scale;
    this.weightDecay = weightDecay;
    NonFiniteGradients policy = arguments.nonFiniteGradients();
    this.finiteCheck =
        policy == null ? null : NonFiniteGradients.Check.of(arguments.name(), policy);
    this.clipping = arguments.clips() ? new GradientClipping(arguments) : null;
  }

  /** Adds the averages and accumulators that the arguments ask for to the optimizer's state. */
  void build(OptimizerArguments arguments, OptimizerVariables.Index index, ChunkPool threads) {
    gradients = new StepGradients(index);
    plan = new StepPlan(gradients, threads);
    if (arguments.useEma()) {
      OptimizerVariables averages = optimizer.addOptimizerVariables(index.variables(), "average");
      average = new MovingAverage(arguments, index, averages, threads);
    }

    Long steps = arguments.gradientAccumulationSteps();
    if (steps != null) {
      accumulation = new GradientAccumulation(steps, index, optimizer);
    }

    decayed.clear();
  }

  /** Notes a slot that decays. */
  void addSlot(Variable reference, Variable slot) {
    decayed.add(reference, slot);
  }

  /** Returns the averages, which must be there. */
  MovingAverage average() {
    return optimizer.built(average);
  }

  /** Throws if a step is one that {@link NonFiniteGradients#FAIL} refuses. */
  void refuseNonFinite(List<GradAndVar> step) {
    if (finiteCheck != null) {
      finiteCheck.refuse(step, iteration.integer());
    }
  }

  /** Performs a whole step. */
  void perform(List<GradAndVar> gradsAndVars) {
    inParts = false;
    StepGradients step = optimizer.built(gradients);
    step.collect(gradsAndVars);
    if (finiteCheck != null && finiteCheck.skips(gradsAndVars, iteration.integer())) {
      step.clear();
      return;
    }

    begin();
    perform(step);
    end();
  }

  /** See {@link Optimizer#beginParts}. */
  boolean beginParts() {
    inParts =
        gradients != null
            && optimizer.isElementwise()
            && finiteCheck == null
            && average == null
            && (clipping == null || !clipping.isGlobal());
    if (inParts) {
      begin();
    }

    return inParts;
  }

  /** See {@link Optimizer#applyPart}. */
  void applyPart(List<GradAndVar> gradsAndVars) {
    requireParts();
    StepGradients step = optimizer.built(gradients);
    step.collect(gradsAndVars);
    perform(step);
  }

  /** See {@link Optimizer#endParts}. */
  void endParts() {
    requireParts();
    inParts = false;
    end();
  }

  private void requireParts() {
    if (!inParts) {
      throw new IllegalStateException(
          "%s: no step in parts was begun by beginParts".formatted(optimizer.name()));
    }
  }

  private void begin() {
    rate = optimizer.learningRate();
    isUpdating = false;
    weightDecay.begin(iteration.integer());
  }

  private void end() {
    iteration.assign(iteration.integer() + 1);
  }

  private void perform(StepGradients step) {
    step.spread();
    step.overwriteVariables(accumulation, iteration.integer());
    if (step.size() > 0) {
      perform(optimizer.built(plan));
    }

    step.clear();
  }

  private void perform(StepPlan step) {
    step.clear();
    scale.undo(step);
    if (accumulation == null || accumulation.completes(step, iteration.integer())) {
      if (clipping != null) {
        clipping.apply(step);
      }

      weightDecay.apply(step, optimizer, rate);
      optimizer.updateVariables(step, rate);
      if (optimizer.slotsDecay()) {
        decayed.plan(step, optimizer.iterations() + 1);
      }

      step.run();
    }

    if (average != null) {
      average.update(optimizer.iterations());
    }

    step.constrainVariables();
  }

  /** Tells whether no variable was updated in the step yet, the first time. */
  boolean beginsUpdates() {
    boolean begins = !isUpdating;
    isUpdating = true;
    return begins;
  }
}
