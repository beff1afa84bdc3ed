package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * A rate that shrinks with the inverse of the steps.
 *
 * <pre>
 * p = step / decay_steps,  rounded down if staircase
 * rate = initial_learning_rate / (1 + decay_rate * p)
 * </pre>
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedules/learning_rate_schedule.py}. Stricter
 * than Keras: all rates are finite and at least 0.
 */
public final class InverseTimeDecay extends LearningRateSchedule {

  private static final String CLASS = "InverseTimeDecay";

  private final double initialLearningRate;
  private final long decaySteps;
  private final double decayRate;
  private final boolean staircase;
  private final String name;

  private InverseTimeDecay(Builder builder) {
    this.initialLearningRate =
        Checks.rate(CLASS, "initial_learning_rate", builder.initialLearningRate);
    this.decaySteps = Checks.positiveSteps(CLASS, "decay_steps", builder.decaySteps);
    this.decayRate = Checks.rate(CLASS, "decay_rate", builder.decayRate);
    this.staircase = builder.staircase;
    this.name = builder.name;
  }

  /**
   * Returns a builder.
   *
   * @param initialLearningRate the rate at step 0
   * @param decaySteps the number of steps, above 0, in which {@code decayRate} is added to the
   *     divisor
   * @param decayRate the growth of the divisor, at least 0
   */
  public static Builder builder(double initialLearningRate, long decaySteps, double decayRate) {
    return new Builder(initialLearningRate, decaySteps, decayRate);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static InverseTimeDecay fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    Builder builder =
        builder(
            reader.number("initial_learning_rate"),
            reader.integer("decay_steps"),
            reader.number("decay_rate"));
    builder
        .staircase(reader.bool("staircase", builder.staircase))
        .name(reader.string("name", builder.name));
    reader.finish();
    return builder.build();
  }

  @Override
  public float call(long step) {
    float p = (float) step / (float) decaySteps;
    if (staircase) {
      p = (float) Math.floor(p);
    }

    return (float) initialLearningRate / (1 + (float) decayRate * p);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("initial_learning_rate", initialLearningRate)
        .put("decay_steps", decaySteps)
        .put("decay_rate", decayRate)
        .put("staircase", staircase)
        .put("name", name)
        .build();
  }

  /** Collects the arguments of an {@link InverseTimeDecay}. */
  public static final class Builder {
    private final double initialLearningRate;
    private final long decaySteps;
    private final double decayRate;
    private boolean staircase;
    private String name = CLASS;

    private Builder(double initialLearningRate, long decaySteps, double decayRate) {
      this.initialLearningRate = initialLearningRate;
      this.decaySteps = decaySteps;
      this.decayRate = decayRate;
    }

    /** Sets whether the rate changes only once in {@code decaySteps} steps. */
    public Builder staircase(boolean value) {
      this.staircase = value;
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
    public InverseTimeDecay build() {
      return new InverseTimeDecay(this);
    }
  }
}
