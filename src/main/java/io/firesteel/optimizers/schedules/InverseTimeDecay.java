package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
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
public final class InverseTimeDecay extends PeriodDecay {

  private static final String CLASS = "InverseTimeDecay";

  private InverseTimeDecay(Builder builder) {
    super(builder);
    Argument.nonNegative(CLASS, "decay_rate", builder.decayRate());
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
    return new Builder(reader).readRest(reader).build();
  }

  @Override
  float decayed(float initialLearningRate, float decayRate, float periods) {
    return initialLearningRate / (1 + decayRate * periods);
  }

  /** Collects the arguments of an {@link InverseTimeDecay}. */
  public static final class Builder extends Arguments<Builder> {
    private Builder(double initialLearningRate, long decaySteps, double decayRate) {
      super(CLASS, initialLearningRate, decaySteps, decayRate);
    }

    private Builder(ConfigReader reader) {
      super(CLASS, reader);
    }

    @Override
    Builder self() {
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
