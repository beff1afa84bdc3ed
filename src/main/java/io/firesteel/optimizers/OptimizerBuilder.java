package io.firesteel.optimizers;

import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects the arguments that all optimizers share. An optimizer's own builder extends it, adds its
 * hyper-parameters, and is handed to {@link BaseOptimizer#BaseOptimizer(OptimizerBuilder)}, which
 * checks the shared ones.
 *
 * @param <B> the concrete builder
 */
public abstract class OptimizerBuilder<B extends OptimizerBuilder<B>> {

  double learningRate;
  @Nullable LearningRateSchedule schedule;
  @Nullable DoubleSupplier function;
  @Nullable Double weightDecay;
  @Nullable LearningRateSchedule weightDecaySchedule;
  @Nullable Double clipnorm;
  @Nullable Double clipvalue;
  @Nullable Double globalClipnorm;
  boolean useEma;
  double emaMomentum = 0.99;
  @Nullable Long emaOverwriteFrequency;
  @Nullable Double lossScaleFactor;
  @Nullable Long gradientAccumulationSteps;
  NonFiniteGradients nonFiniteGradients = NonFiniteGradients.PROPAGATE;
  @Nullable String name;

  /** Starts with the optimizer's default learning rate and Keras's defaults for the rest. */
  protected OptimizerBuilder(double learningRate) {
    this.learningRate = learningRate;
  }

  /** Returns this builder. */
  protected abstract B self();

  /**
   * Returns the optimizer.
   *
   * @throws IllegalArgumentException if an argument is out of its range
   */
  public abstract BaseOptimizer build();

  /** Sets the learning rate: a finite number of at least 0. */
  public B learningRate(double value) {
    this.learningRate = value;
    this.schedule = null;
    this.function = null;
    return self();
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
    this.weightDecay = value;
    this.weightDecaySchedule = null;
    return self();
  }

  /**
   * Sets a schedule of the decoupled weight decay, which is asked at the same steps as that of the
   * learning rate and must return finite numbers of at least 0. Keras has no such thing, and
   * refuses the key {@code weight_decay_schedule} under which it is saved.
   */
  public B weightDecay(LearningRateSchedule value) {
    this.weightDecay = null;
    this.weightDecaySchedule = value;
    return self();
  }

  /** Switches weight decay off. */
  public B noWeightDecay() {
    this.weightDecay = null;
    this.weightDecaySchedule = null;
    return self();
  }

  /** Sets the largest norm of each gradient, above 0. */
  public B clipnorm(double value) {
    this.clipnorm = value;
    return self();
  }

  /** Sets the largest magnitude of each element of a gradient, above 0. */
  public B clipvalue(double value) {
    this.clipvalue = value;
    return self();
  }

  /** Sets the largest norm of all gradients together, above 0. */
  public B globalClipnorm(double value) {
    this.globalClipnorm = value;
    return self();
  }

  /** Sets whether moving averages of the variables are kept. */
  public B useEma(boolean value) {
    this.useEma = value;
    return self();
  }

  /** Sets the share of the old average, in [0, 1]. Only used with {@code useEma}. */
  public B emaMomentum(double value) {
    this.emaMomentum = value;
    return self();
  }

  /**
   * Sets after how many updates, at least 1, the averages are written into the variables; only at
   * the end if it is not set. Only used with {@code useEma}.
   */
  public B emaOverwriteFrequency(int value) {
    this.emaOverwriteFrequency = (long) value;
    return self();
  }

  /** Sets the factor, above 0, by which the loss was multiplied; gradients are divided by it. */
  public B lossScaleFactor(double value) {
    this.lossScaleFactor = value;
    return self();
  }

  /** Sets the number of steps, at least 2, whose gradients are averaged for one update. */
  public B gradientAccumulationSteps(int value) {
    this.gradientAccumulationSteps = (long) value;
    return self();
  }

  /** Sets what is done with a step that has a NaN or infinite gradient. Keras has no such thing. */
  public B nonFiniteGradients(NonFiniteGradients value) {
    this.nonFiniteGradients = value;
    return self();
  }

  /** Sets the name; the class name in snake case unless set. */
  public B name(String value) {
    this.name = value;
    return self();
  }

  /**
   * Reads the arguments of a config; what is absent keeps its default. An override reads its own
   * first and then calls this, which refuses what is left.
   *
   * @throws IllegalArgumentException if a value has the wrong type or a key is unknown
   */
  public B read(ConfigReader reader) {
    if (reader.seen("name")) {
      this.name = reader.nullableString("name");
    }

    readLearningRate(reader);
    WeightDecay.read(reader, this);
    this.clipnorm = reader.nullableNumber("clipnorm", clipnorm);
    this.globalClipnorm = reader.nullableNumber("global_clipnorm", globalClipnorm);
    this.clipvalue = reader.nullableNumber("clipvalue", clipvalue);
    this.useEma = reader.bool("use_ema", useEma);
    this.emaMomentum = reader.number("ema_momentum", emaMomentum);
    this.emaOverwriteFrequency =
        reader.nullableInteger("ema_overwrite_frequency", emaOverwriteFrequency);
    this.lossScaleFactor = reader.nullableNumber("loss_scale_factor", lossScaleFactor);
    this.gradientAccumulationSteps =
        reader.nullableInteger("gradient_accumulation_steps", gradientAccumulationSteps);
    this.nonFiniteGradients = NonFiniteGradients.read(reader, nonFiniteGradients);
    reader.finish();
    return self();
  }

  private void readLearningRate(ConfigReader reader) {
    if (!reader.seen("learning_rate")) {
      return;
    }

    Object value = reader.any("learning_rate");
    if (value instanceof Config serialized) {
      learningRate(schedule(reader, serialized));
    } else if (value instanceof Number number) {
      learningRate(number.doubleValue());
    } else {
      throw reader.invalid("learning_rate", "a number or a serialized schedule");
    }
  }

  private static LearningRateSchedule schedule(ConfigReader reader, Config serialized) {
    Object className = serialized.get("class_name");
    if (LearningRate.FUNCTION.equals(className) || "__lambda__".equals(className)) {
      throw reader.invalid(
          "learning_rate", "a number or a serialized schedule (a function cannot be rebuilt)");
    }

    return LearningRateSchedules.deserialize(serialized);
  }
}
