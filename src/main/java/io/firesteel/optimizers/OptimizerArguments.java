package io.firesteel.optimizers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of one optimizer: those that all optimizers share, which are checked, and its own,
 * which its constructor takes from here, each with its default:
 *
 * <pre>{@code
 * this.rho = arguments.number("rho", 0.9, Argument::belowOne);
 * this.centered = arguments.bool("centered", false);
 * }</pre>
 *
 * <p>What is taken stands in the optimizer's config, in that order; what is given and not taken is
 * refused when the optimizer is made.
 *
 * <p>Stricter than Keras: a negative weight decay, thresholds and frequencies of 0 or below, and
 * numbers that are not finite in float32 are refused.
 */
public final class OptimizerArguments {

  /** A check of a number, e.g. {@link Argument#positive}. */
  @FunctionalInterface
  public interface Check {
    /** Returns the value, or throws with the owner, the argument and what is allowed. */
    double check(String owner, String argument, double value);
  }

  private final String owner;
  private final ConfigReader given;
  private final Config.Builder own = Config.builder();
  private final String name;
  private final double learningRate;
  private final @Nullable LearningRateSchedule schedule;
  private final @Nullable DoubleSupplier function;
  private final @Nullable Double weightDecay;
  private final @Nullable LearningRateSchedule weightDecaySchedule;
  private final WeightDecay.Exclusions decayExclusions;
  private final @Nullable Double clipnorm;
  private final @Nullable Double globalClipnorm;
  private final @Nullable Double clipvalue;
  private final boolean useEma;
  private final double emaMomentum;
  private final @Nullable Long emaOverwriteFrequency;
  private final @Nullable Double lossScaleFactor;
  private final @Nullable Long gradientAccumulationSteps;
  private final @Nullable NonFiniteGradients nonFiniteGradients;

  OptimizerArguments(OptimizerBuilder<?, ?> builder) {
    this.owner = builder.type.getSimpleName();
    this.given = builder.given.build().reader(owner);
    String givenName = given.nullableString("name");
    this.name = givenName == null ? KerasNames.snakeCase(owner) : notBlank(givenName);
    this.function = builder.function;
    this.schedule = readSchedule(builder.schedule);
    this.learningRate =
        schedule == null && function == null
            ? Argument.nonNegative(owner, "learning_rate", given.number("learning_rate", 0.001))
            : 0;
    this.weightDecay = nullable("weight_decay", Argument::nonNegative);
    this.weightDecaySchedule = readWeightDecaySchedule(builder.weightDecaySchedule);
    this.decayExclusions = WeightDecay.Exclusions.read(given);
    this.clipnorm = nullable("clipnorm", Argument::positive);
    this.globalClipnorm = nullable("global_clipnorm", Argument::positive);
    this.clipvalue = nullable("clipvalue", Argument::positive);
    this.useEma = given.bool("use_ema", false);
    this.emaMomentum = Argument.unit(owner, "ema_momentum", given.number("ema_momentum", 0.99));
    this.emaOverwriteFrequency = nullableCount("ema_overwrite_frequency", 1);
    this.lossScaleFactor = nullable("loss_scale_factor", Argument::positive);
    this.gradientAccumulationSteps = nullableCount("gradient_accumulation_steps", 2);
    this.nonFiniteGradients =
        given.seen(NonFiniteGradients.KEY) ? NonFiniteGradients.read(given) : null;
    checkClipping();
  }

  private String notBlank(String text) {
    return Argument.notBlank(owner, "name", text);
  }

  private @Nullable LearningRateSchedule readSchedule(@Nullable LearningRateSchedule instance) {
    boolean isGiven = given.seen("learning_rate");
    if (instance != null || function != null || !isGiven) {
      return instance;
    }

    Object value = given.any("learning_rate");
    if (value instanceof Config serialized) {
      Object className = serialized.get("class_name");
      if (OptimizerVariables.LearningRate.FUNCTION.equals(className)
          || "__lambda__".equals(className)) {
        throw given.invalid(
            "learning_rate", "a number or a serialized schedule (a function cannot be rebuilt)");
      }

      return LearningRateSchedules.deserialize(serialized);
    }

    if (!(value instanceof Number)) {
      throw given.invalid("learning_rate", "a number or a serialized schedule");
    }

    return null;
  }

  private @Nullable LearningRateSchedule readWeightDecaySchedule(
      @Nullable LearningRateSchedule instance) {
    Config serialized = given.nullableConfig(WeightDecay.KEY);
    if (serialized != null && weightDecay != null) {
      throw given.invalid(
          "weight_decay", "null or absent where '" + WeightDecay.KEY + "' is given");
    }

    return serialized == null ? instance : LearningRateSchedules.deserialize(serialized);
  }

  private @Nullable Double nullable(String key, Check check) {
    Double value = given.nullableNumber(key, null);
    return value == null ? null : Double.valueOf(check.check(owner, key, value));
  }

  private @Nullable Long nullableCount(String key, int min) {
    Long value = given.nullableInteger(key, null);
    return value == null ? null : Long.valueOf(Argument.size(owner, key, min, value));
  }

  private void checkClipping() {
    int set = (clipnorm == null ? 0 : 1) + (globalClipnorm == null ? 0 : 1);
    if (set + (clipvalue == null ? 0 : 1) > 1) {
      throw new IllegalArgumentException(
          "%s: at most one of 'clipnorm', 'clipvalue' and 'global_clipnorm' may be set. Received: clipnorm=%s, clipvalue=%s, global_clipnorm=%s"
              .formatted(owner, clipnorm, clipvalue, globalClipnorm));
    }
  }

  /** Takes a number, the default if it is not given. */
  public double number(String key, double absent) {
    double value = given.number(key, absent);
    own.put(key, value);
    return value;
  }

  /**
   * Takes a number, the default if it is not given.
   *
   * @throws IllegalArgumentException if it is out of its range
   */
  public double number(String key, double absent, Check check) {
    return check.check(owner, key, number(key, absent));
  }

  /** Takes a number or null, the default if it is not given. */
  public @Nullable Double nullableNumber(String key, @Nullable Double absent, Check check) {
    Double value = given.nullableNumber(key, absent);
    own.put(key, value);
    return value == null ? null : Double.valueOf(check.check(owner, key, value));
  }

  /**
   * Takes an integer, the default if it is not given.
   *
   * @throws IllegalArgumentException if it is less than {@code min}
   */
  public int integer(String key, int absent, int min) {
    int value = Argument.size(owner, key, min, given.integer(key, absent));
    own.put(key, value);
    return value;
  }

  /** Takes true or false, the default if it is not given. */
  public boolean bool(String key, boolean absent) {
    boolean value = given.bool(key, absent);
    own.put(key, value);
    return value;
  }

  /** Takes a list of texts, empty if it is not given. */
  public List<String> strings(String key) {
    List<String> value = given.strings(key);
    own.put(key, value);
    return value;
  }

  /** Takes true or false, false if it is not given; in the config only if it is true. */
  boolean flag(String key) {
    boolean value = given.bool(key, false);
    if (value) {
      own.put(key, true);
    }

    return value;
  }

  /** Takes a number that stays an integer in the config if it is given as one. */
  Number asGiven(String key, Number absent, Check check) {
    double value = given.number(key, absent.doubleValue());
    check.check(owner, key, value);
    Number number = given.any(key) instanceof Number exact ? exact : absent;
    own.put(key, number);
    return number;
  }

  /** Returns the error of an own argument that is not allowed. */
  public IllegalArgumentException invalid(String key, @Nullable Object value, String allowed) {
    return Argument.invalid(owner, key, value, allowed);
  }

  /** Refuses what is given and was not taken. */
  void finish() {
    given.finish();
  }

  /** Returns the simple name of the optimizer's class. */
  String owner() {
    return owner;
  }

  /** Returns the name of the optimizer and its state. */
  String name() {
    return name;
  }

  double learningRate() {
    return learningRate;
  }

  @Nullable LearningRateSchedule schedule() {
    return schedule;
  }

  @Nullable DoubleSupplier function() {
    return function;
  }

  @Nullable Double weightDecay() {
    return weightDecay;
  }

  @Nullable LearningRateSchedule weightDecaySchedule() {
    return weightDecaySchedule;
  }

  WeightDecay.Exclusions decayExclusions() {
    return decayExclusions;
  }

  @Nullable Double clipnorm() {
    return clipnorm;
  }

  @Nullable Double globalClipnorm() {
    return globalClipnorm;
  }

  @Nullable Double clipvalue() {
    return clipvalue;
  }

  boolean clips() {
    return clipnorm != null || globalClipnorm != null || clipvalue != null;
  }

  boolean useEma() {
    return useEma;
  }

  double emaMomentum() {
    return emaMomentum;
  }

  @Nullable Long emaOverwriteFrequency() {
    return emaOverwriteFrequency;
  }

  @Nullable Double lossScaleFactor() {
    return lossScaleFactor;
  }

  @Nullable Long gradientAccumulationSteps() {
    return gradientAccumulationSteps;
  }

  /** Returns what to do with steps of gradients that are not finite, null if nothing is said. */
  @Nullable NonFiniteGradients nonFiniteGradients() {
    return nonFiniteGradients;
  }

  /**
   * Returns the shared arguments under Keras's keys, in Keras's order; then those of ours that are
   * set; then the own ones.
   */
  Config toConfig(Object rate, @Nullable Double scale, WeightDecay.Exclusions exclusions) {
    Config.Builder config =
        Config.builder()
            .put("name", name)
            .put("learning_rate", rate)
            .put("weight_decay", weightDecay)
            .put("clipnorm", clipnorm)
            .put("global_clipnorm", globalClipnorm)
            .put("clipvalue", clipvalue)
            .put("use_ema", useEma)
            .put("ema_momentum", emaMomentum)
            .put("ema_overwrite_frequency", emaOverwriteFrequency)
            .put("loss_scale_factor", scale)
            .put("gradient_accumulation_steps", gradientAccumulationSteps);
    if (weightDecaySchedule != null) {
      config.put(WeightDecay.KEY, LearningRateSchedules.serialize(weightDecaySchedule));
    }

    if (!exclusions.isEmpty()) {
      config.put(WeightDecay.Exclusions.KEY, exclusions.toConfig());
    }

    if (nonFiniteGradients != null && nonFiniteGradients != NonFiniteGradients.PROPAGATE) {
      config.put(NonFiniteGradients.KEY, nonFiniteGradients.toConfig());
    }

    return config.putAll(own.build()).build();
  }
}
