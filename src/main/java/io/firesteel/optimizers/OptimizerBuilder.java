package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.saving.Config;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects the arguments of an optimizer: here those that all optimizers share. They are checked by
 * {@link #build}.
 *
 * <p>An optimizer of one's own needs no builder class, see {@link Optimizers#builder}.
 *
 * @param <O> the optimizer
 * @param <B> the concrete builder
 */
public abstract class OptimizerBuilder<O extends BaseOptimizer, B extends OptimizerBuilder<O, B>> {

  private static final String LEARNING_RATE = "learning_rate";
  private static final String WEIGHT_DECAY = "weight_decay";

  final Class<O> type;
  private final Function<OptimizerArguments, O> constructor;
  final Config.Builder given = Config.builder();
  @Nullable LearningRateSchedule schedule;
  @Nullable DoubleSupplier function;
  @Nullable LearningRateSchedule weightDecaySchedule;

  /** Starts with Keras's defaults of the shared arguments. */
  OptimizerBuilder(Class<O> type, Function<OptimizerArguments, O> constructor) {
    this.type = type;
    this.constructor = constructor;
  }

  @SuppressWarnings("unchecked")
  private B self() {
    return (B) this;
  }

  /** Sets the argument with one of Keras's names. */
  B set(String key, @Nullable Object value) {
    given.put(key, value);
    return self();
  }

  /**
   * Returns the optimizer. A builder can make several.
   *
   * @throws IllegalArgumentException if an argument is out of its range or unknown
   */
  public O build() {
    OptimizerArguments arguments = new OptimizerArguments(this);
    O optimizer = constructor.apply(arguments);
    arguments.finish();
    return optimizer;
  }

  /**
   * Returns the optimizer that a config describes; what is absent is as it was set here.
   *
   * @throws IllegalArgumentException if a key is unknown, or a value has the wrong type or is out
   *     of range
   */
  public O fromConfig(Config config) {
    if (config.has(LEARNING_RATE)) {
      schedule = null;
      function = null;
    }

    if (config.has(WEIGHT_DECAY) || config.has(WeightDecay.KEY)) {
      noWeightDecay();
    }

    given.putAll(config);
    return build();
  }

  /** Sets the learning rate: a finite number of at least 0. */
  public B learningRate(double value) {
    this.schedule = null;
    this.function = null;
    return set(LEARNING_RATE, value);
  }

  /** Sets a schedule that determines the learning rate. */
  public B learningRate(LearningRateSchedule value) {
    this.schedule = value;
    this.function = null;
    return self();
  }

  /** Sets a function that is asked for the learning rate at each update. It is not saved. */
  public B learningRate(DoubleSupplier value) {
    this.function = value;
    this.schedule = null;
    return self();
  }

  /** Sets the decoupled weight decay, at least 0: {@code w -= w * weightDecay * learningRate}. */
  public B weightDecay(double value) {
    this.weightDecaySchedule = null;
    return set(WEIGHT_DECAY, value);
  }

  /**
   * Sets a schedule of the decoupled weight decay, which is asked at the same steps as that of the
   * learning rate and must return finite numbers of at least 0. An addition to Keras, which refuses
   * the key {@code weight_decay_schedule} under which it is saved.
   */
  public B weightDecay(LearningRateSchedule value) {
    this.weightDecaySchedule = value;
    return set(WEIGHT_DECAY, null);
  }

  /** Switches weight decay off. */
  public B noWeightDecay() {
    this.weightDecaySchedule = null;
    return set(WEIGHT_DECAY, null);
  }

  /**
   * Excludes variables from weight decay, those in whose name (the last part of the path, e.g.
   * {@code bias}) one of these regular expressions is found.
   */
  public B excludeFromWeightDecay(String... names) {
    return exclude("names", names);
  }

  /**
   * Excludes variables from weight decay, those in whose path (e.g. {@code
   * sequential/dense_1/kernel}) one of these regular expressions is found. An addition to Keras.
   */
  public B excludePathsFromWeightDecay(String... paths) {
    return exclude("paths", paths);
  }

  private B exclude(String what, String... expressions) {
    Object before = given.build().get(WeightDecay.Exclusions.KEY);
    Config exclusions = before instanceof Config config ? config : Config.empty();
    return set(WeightDecay.Exclusions.KEY, exclusions.with(what, List.of(expressions)));
  }

  /** Sets the largest norm of each gradient, above 0. */
  public B clipnorm(double value) {
    return set("clipnorm", value);
  }

  /** Sets the largest magnitude of each element of a gradient, above 0. */
  public B clipvalue(double value) {
    return set("clipvalue", value);
  }

  /**
   * Sets the largest norm of all gradients together, above 0. A step waits for all of them then; on
   * Spark, variables can be updated and sent out one by one without it, see {@link
   * Optimizer#beginParts}.
   */
  public B globalClipnorm(double value) {
    return set("global_clipnorm", value);
  }

  /** Sets whether moving averages of the variables are kept. */
  public B useEma(boolean value) {
    return set("use_ema", value);
  }

  /** Sets the share of the old average, in [0, 1]. Only used with {@code useEma}. */
  public B emaMomentum(double value) {
    return set("ema_momentum", value);
  }

  /**
   * Sets after how many updates, at least 1, the averages are written into the variables; only at
   * the end if it is not set. Only used with {@code useEma}.
   */
  public B emaOverwriteFrequency(int value) {
    return set("ema_overwrite_frequency", value);
  }

  /** Sets the factor, above 0, by which the loss was multiplied; gradients are divided by it. */
  public B lossScaleFactor(double value) {
    return set("loss_scale_factor", value);
  }

  /** Sets the number of steps, at least 2, whose gradients are averaged for one update. */
  public B gradientAccumulationSteps(int value) {
    return set("gradient_accumulation_steps", value);
  }

  /** Sets what is done with a step that has a NaN or infinite gradient. An addition to Keras. */
  public B nonFiniteGradients(NonFiniteGradients value) {
    return set(NonFiniteGradients.KEY, value.toConfig());
  }

  /** Sets the name; the class name in snake case unless set. */
  public B name(String value) {
    return set("name", value);
  }

  /**
   * Collects the arguments of optimizers that keep a first and a second moment of the gradients.
   *
   * @param <O> the optimizer
   * @param <B> the concrete builder
   */
  abstract static class Moments<O extends BaseOptimizer, B extends Moments<O, B>>
      extends OptimizerBuilder<O, B> {

    Moments(Class<O> type, Function<OptimizerArguments, O> constructor) {
      super(type, constructor);
    }

    /** Sets the share of the old first moment that is kept, in [0, 1). */
    public B beta1(double value) {
      return set("beta_1", value);
    }

    /** Sets the share of the old second moment that is kept, in [0, 1). */
    public B beta2(double value) {
      return set("beta_2", value);
    }

    /** Sets what is added to the divisor, at least 0. */
    public B epsilon(double value) {
      return set("epsilon", value);
    }
  }
}
