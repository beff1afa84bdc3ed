package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.variables.Variable;
import java.util.IdentityHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Decoupled weight decay, {@code w = w - w * rate * learningRate}, its rate a number or a schedule,
 * of all variables but those that {@link DecayExclusions} name.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py}.
 */
final class WeightDecay {

  static final String KEY = "weight_decay_schedule";

  private final OptimizerArguments arguments;
  private final IdentityHashMap<Variable, Boolean> known = new IdentityHashMap<>();
  private DecayExclusions exclusions;
  private final StepPlan.Part decayRange = this::decay;
  private @Nullable Double[] rates = {};
  private float learningRate;
  private @Nullable Double rate;

  WeightDecay(OptimizerArguments arguments) {
    this.arguments = arguments;
    this.rate = arguments.weightDecay();
    this.exclusions = arguments.decayExclusions();
  }

  /**
   * Asks the schedule, if there is one, for the rate of a step.
   *
   * @throws IllegalStateException if the rate is negative, NaN or infinite
   */
  void begin(long step) {
    LearningRateSchedule schedule = arguments.weightDecaySchedule();
    if (schedule == null) {
      return;
    }

    float scheduled = schedule.call(step);
    if (!Float.isFinite(scheduled) || scheduled < 0) {
      throw new IllegalStateException(
          "The weight decay of %s must be finite and >= 0. Received at step %d: %s"
              .formatted(arguments.name(), step, scheduled));
    }

    rate = (double) scheduled;
  }

  /** Returns the rate of the step that was begun, null without weight decay. */
  @Nullable Double rate() {
    return rate;
  }

  /** Returns which variables are excluded. */
  DecayExclusions exclusions() {
    return exclusions;
  }

  void exclusions(DecayExclusions value) {
    exclusions = value;
    known.clear();
  }

  /**
   * Decays the variables of a step that are not excluded, each by the optimizer's rate for it, in
   * the step's next run.
   */
  void apply(StepPlan step, BaseOptimizer optimizer, float rateOfStep) {
    learningRate = rateOfStep;
    if (rates.length < step.size()) {
      rates = new Double[step.size()];
    }

    boolean decays = false;
    for (int i = 0; i < step.size(); i++) {
      Double own = optimizer.weightDecay(step.variable(i));
      rates[i] = own == null || isExcluded(step.variable(i)) ? null : own;
      if (rates[i] != null) {
        decays = true;
        optimizer.beforeDecay(step, i);
      }
    }

    if (decays) {
      step.then(decayRange);
    }
  }

  private void decay(StepPlan step, int pair, int from, int to) {
    Double own = rates[pair];
    if (own == null) {
      return;
    }

    float decay = (float) (double) own;
    float lr = learningRate;
    float[] w = step.variable(pair).values();
    for (int i = from; i < to; i++) {
      w[i] = w[i] - w[i] * decay * lr;
    }
  }

  private boolean isExcluded(Variable variable) {
    Boolean excluded = known.get(variable);
    if (excluded == null) {
      excluded = exclusions.contains(variable);
      known.put(variable, excluded);
    }

    return excluded;
  }
}
