package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;

/**
 * A rate that goes from the initial to the end rate along a power of the remaining steps.
 *
 * <pre>
 * s = min(step, decay_steps),  d = decay_steps
 * or, if cycle:  s = step,  d = decay_steps * max(1, ceil(step / decay_steps))
 * rate = (initial_learning_rate - end_learning_rate) * (1 - s / d)^power + end_learning_rate
 * </pre>
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedules/learning_rate_schedule.py}. Stricter
 * than Keras: rates are finite and at least 0, the power above 0.
 */
public final class PolynomialDecay extends LearningRateSchedule {

  private static final String CLASS = "PolynomialDecay";

  private final double initialLearningRate;
  private final long decaySteps;
  private final double endLearningRate;
  private final double power;
  private final boolean cycle;
  private final String name;

  private PolynomialDecay(Builder builder) {
    this.initialLearningRate =
        Argument.nonNegative(CLASS, "initial_learning_rate", builder.initialLearningRate);
    this.decaySteps = Argument.integer(CLASS, "decay_steps", 1, builder.decaySteps);
    this.endLearningRate =
        Argument.nonNegative(CLASS, "end_learning_rate", builder.endLearningRate);
    this.power = Argument.positive(CLASS, "power", builder.power);
    this.cycle = builder.cycle;
    this.name = builder.name;
  }

  /**
   * Returns a builder with the end rate 0.0001 and power 1.
   *
   * @param initialLearningRate the rate at step 0
   * @param decaySteps the number of steps, above 0, to the end rate
   */
  public static Builder builder(double initialLearningRate, long decaySteps) {
    return new Builder(initialLearningRate, decaySteps);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static PolynomialDecay fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    Builder builder =
        builder(reader.number("initial_learning_rate"), reader.integer("decay_steps"));
    builder
        .endLearningRate(reader.number("end_learning_rate", builder.endLearningRate))
        .power(reader.number("power", builder.power))
        .cycle(reader.bool("cycle", builder.cycle))
        .name(reader.string("name", builder.name));
    reader.finish();
    return builder.build();
  }

  @Override
  public float call(long step) {
    float s = step;
    float d = decaySteps;
    if (!cycle) {
      s = Math.min(s, d);
    } else if (s != 0) {
      d *= (float) Math.ceil(s / d);
    }

    float end = (float) endLearningRate;
    float remaining = 1 - Math.min(s / d, 1);
    return ((float) initialLearningRate - end) * FloatOps.pow(remaining, (float) power) + end;
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("initial_learning_rate", initialLearningRate)
        .put("decay_steps", decaySteps)
        .put("end_learning_rate", endLearningRate)
        .put("power", power)
        .put("cycle", cycle)
        .put("name", name)
        .build();
  }

  /** Collects the arguments of a {@link PolynomialDecay}. */
  public static final class Builder {
    private final double initialLearningRate;
    private final long decaySteps;
    private double endLearningRate = 0.0001;
    private double power = 1;
    private boolean cycle;
    private String name = CLASS;

    private Builder(double initialLearningRate, long decaySteps) {
      this.initialLearningRate = initialLearningRate;
      this.decaySteps = decaySteps;
    }

    /** Sets the rate at the end. */
    public Builder endLearningRate(double value) {
      this.endLearningRate = value;
      return this;
    }

    /** Sets the exponent, above 0; 1 is linear. */
    public Builder power(double value) {
      this.power = value;
      return this;
    }

    /** Sets whether a longer decay begins where one has ended. */
    public Builder cycle(boolean value) {
      this.cycle = value;
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
    public PolynomialDecay build() {
      return new PolynomialDecay(this);
    }
  }
}
