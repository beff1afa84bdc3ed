package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * A linear warm-up in front of any schedule, which begins after it with its own step 0.
 *
 * <pre>
 * step &lt; warmup_steps:  (schedule(0) - initial_learning_rate) * step / warmup_steps + initial_learning_rate
 * else:                 schedule(step - warmup_steps)
 * </pre>
 *
 * <p>This schedule is Firesteel's; Keras refuses configs that name it.
 */
public final class LinearWarmup extends LearningRateSchedule {

  private static final String CLASS = "LinearWarmup";

  private final LearningRateSchedule schedule;
  private final long warmupSteps;
  private final double initialLearningRate;
  private final String name;

  private LinearWarmup(Builder builder) {
    this.schedule = builder.schedule;
    this.warmupSteps = Argument.integer(CLASS, "warmup_steps", 1, builder.warmupSteps);
    this.initialLearningRate =
        Argument.nonNegative(CLASS, "initial_learning_rate", builder.initialLearningRate);
    this.name = builder.name;
  }

  /**
   * Returns a builder of a warm-up from 0.
   *
   * @param schedule the schedule after the warm-up
   * @param warmupSteps the number of steps of the warm-up, above 0
   */
  public static Builder builder(LearningRateSchedule schedule, long warmupSteps) {
    return new Builder(schedule, warmupSteps);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static LinearWarmup fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    Builder builder =
        builder(
            LearningRateSchedules.deserialize(reader.config("schedule")),
            reader.integer("warmup_steps"));
    builder.initialLearningRate(
        reader.number("initial_learning_rate", builder.initialLearningRate));
    builder.name(reader.string("name", builder.name));
    reader.finish();
    return builder.build();
  }

  @Override
  public float call(long step) {
    if (step >= warmupSteps) {
      return schedule.call(step - warmupSteps);
    }

    float initial = (float) initialLearningRate;
    return (schedule.call(0) - initial) * ((float) step / warmupSteps) + initial;
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("schedule", LearningRateSchedules.serialize(schedule))
        .put("warmup_steps", warmupSteps)
        .put("initial_learning_rate", initialLearningRate)
        .put("name", name)
        .build();
  }

  /** Collects the arguments of a {@link LinearWarmup}. */
  public static final class Builder {
    private final LearningRateSchedule schedule;
    private final long warmupSteps;
    private double initialLearningRate;
    private String name = CLASS;

    private Builder(LearningRateSchedule schedule, long warmupSteps) {
      this.schedule = schedule;
      this.warmupSteps = warmupSteps;
    }

    /** Sets the rate at step 0, at least 0. */
    public Builder initialLearningRate(double value) {
      this.initialLearningRate = value;
      return this;
    }

    /** Sets the name. */
    public Builder name(String value) {
      this.name = value;
      return this;
    }

    /**
     * Returns the schedule.
     *
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public LinearWarmup build() {
      return new LinearWarmup(this);
    }
  }
}
