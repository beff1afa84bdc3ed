package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.variables.Variable;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Decoupled weight decay, {@code w = w - w * rate * learningRate}, its rate a number or a schedule,
 * and the variables that are excluded from it, by identity or by a pattern found in their name or
 * path.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py}.
 */
final class WeightDecay {

  static final String KEY = "weight_decay_schedule";

  private final SharedArguments arguments;
  private final IdentityHashMap<Variable, Boolean> known = new IdentityHashMap<>();
  private List<Variable> excludedVariables = List.of();
  private @Nullable Pattern excludedNames;
  private @Nullable Pattern excludedPaths;
  private final RangeStep<GradientPairs> decayRange = this::decay;
  private @Nullable Double[] rates = {};
  private float learningRate;
  private @Nullable Double rate;

  WeightDecay(SharedArguments arguments) {
    this.arguments = arguments;
    this.rate = arguments.weightDecay();
  }

  /** Reads {@code weight_decay} and the key of our own, of which one excludes the other. */
  static void read(ConfigReader reader, OptimizerBuilder<?> builder) {
    Config schedule = reader.nullableConfig(KEY);
    Double number = reader.nullableNumber("weight_decay", null);
    if (schedule != null && number != null) {
      throw reader.invalid("weight_decay", "null or absent where '" + KEY + "' is given");
    }

    if (schedule != null) {
      builder.weightDecay(LearningRateSchedules.deserialize(schedule));
    } else if (number != null) {
      builder.weightDecay(number);
    } else if (reader.seen("weight_decay")) {
      builder.noWeightDecay();
    }
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

  void exclude(List<Variable> variables, List<String> names) {
    excludedNames = compile("names", names);
    excludedVariables = List.copyOf(variables);
    known.clear();
  }

  void excludePaths(List<String> paths) {
    excludedPaths = compile("paths", paths);
    known.clear();
  }

  private static @Nullable Pattern compile(String what, List<String> expressions) {
    try {
      return expressions.isEmpty() ? null : Pattern.compile(String.join("|", expressions));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "The %s to exclude from weight decay must be regular expressions. Received: %s"
              .formatted(what, expressions),
          e);
    }
  }

  /**
   * Decays the variables of a step that are not excluded, each by the optimizer's rate for it, in
   * the step's next run.
   */
  void apply(GradientPairs step, BaseOptimizer optimizer, float rateOfStep) {
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

  private void decay(GradientPairs step, int pair, int from, int to) {
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
      excluded =
          excludedVariables.stream().anyMatch(other -> other == variable)
              || isFound(excludedNames, variable.name())
              || isFound(excludedPaths, variable.path());
      known.put(variable, excluded);
    }

    return excluded;
  }

  private static boolean isFound(@Nullable Pattern pattern, String text) {
    return pattern != null && pattern.matcher(text).find();
  }
}
