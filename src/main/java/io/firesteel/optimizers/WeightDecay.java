package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.saving.Argument;
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
 * of all variables but those that {@link Exclusions} name.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/base_optimizer.py}.
 */
final class WeightDecay {

  static final String KEY = "weight_decay_schedule";

  private final OptimizerArguments arguments;
  private final IdentityHashMap<Variable, Boolean> known = new IdentityHashMap<>();
  private Exclusions exclusions;
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
  Exclusions exclusions() {
    return exclusions;
  }

  void exclusions(Exclusions value) {
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

  /**
   * Which variables are excluded from weight decay: some themselves, and those in whose name or
   * path a regular expression is found.
   *
   * <p>In a config the variables themselves stand by their paths:
   *
   * <pre>{@code
   * "exclude_from_weight_decay": {"variables": [], "names": ["bias", "gamma"], "paths": []}
   * }</pre>
   *
   * <p>Keras keeps exclusions in no config, and refuses the key there; so {@link
   * Optimizers#serialize} writes it beside the config, where Keras does not look.
   */
  static final class Exclusions {

    static final String KEY = "exclude_from_weight_decay";
    static final Exclusions NONE = new Exclusions(List.of(), List.of(), List.of(), List.of());

    private final List<Variable> variables;
    private final List<String> variablePaths;
    private final List<String> names;
    private final List<String> paths;
    private final @Nullable Pattern name;
    private final @Nullable Pattern path;

    private Exclusions(
        List<Variable> variables,
        List<String> variablePaths,
        List<String> names,
        List<String> paths) {
      this.variables = List.copyOf(variables);
      this.variablePaths = List.copyOf(variablePaths);
      this.names = List.copyOf(names);
      this.paths = List.copyOf(paths);
      this.name = compile("names", names);
      this.path = compile("paths", paths);
    }

    private static @Nullable Pattern compile(String what, List<String> expressions) {
      try {
        return expressions.isEmpty() ? null : Pattern.compile(String.join("|", expressions));
      } catch (PatternSyntaxException e) {
        IllegalArgumentException refusal =
            Argument.invalid(KEY, what, expressions, "regular expressions");
        refusal.initCause(e);
        throw refusal;
      }
    }

    static Exclusions read(ConfigReader reader) {
      Config config = reader.nullableConfig(KEY);
      if (config == null) {
        return NONE;
      }

      ConfigReader parts = config.reader(KEY);
      List<String> variablePaths = parts.strings("variables");
      List<String> names = parts.strings("names");
      List<String> paths = parts.strings("paths");
      parts.finish();
      return new Exclusions(List.of(), variablePaths, names, paths);
    }

    /** Returns these with other variables and names. */
    Exclusions with(List<Variable> newVariables, List<String> newNames) {
      List<String> newPaths = newVariables.stream().map(Variable::path).toList();
      return new Exclusions(newVariables, newPaths, newNames, paths);
    }

    /** Returns these with other expressions for paths. */
    Exclusions withPaths(List<String> newPaths) {
      return new Exclusions(variables, variablePaths, names, newPaths);
    }

    boolean isEmpty() {
      return variablePaths.isEmpty() && names.isEmpty() && paths.isEmpty();
    }

    /** Variables that were given themselves count by identity, those of a config by their path. */
    boolean contains(Variable variable) {
      return (variables.isEmpty()
              ? variablePaths.contains(variable.path())
              : variables.stream().anyMatch(other -> other == variable))
          || isFound(name, variable.name())
          || isFound(path, variable.path());
    }

    private static boolean isFound(@Nullable Pattern pattern, String text) {
      return pattern != null && pattern.matcher(text).find();
    }

    Config toConfig() {
      return Config.builder()
          .put("variables", variablePaths)
          .put("names", names)
          .put("paths", paths)
          .build();
    }
  }
}
