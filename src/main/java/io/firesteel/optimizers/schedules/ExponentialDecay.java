package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;

/**
 * A rate that shrinks by the same factor in the same number of steps.
 *
 * <pre>
 * p = step / decay_steps,  rounded down if staircase
 * rate = initial_learning_rate * decay_rate^p
 * </pre>
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedules/learning_rate_schedule.py}. Stricter
 * than Keras: rates are finite and at least 0, the decay rate above 0.
 */
public final class ExponentialDecay extends PeriodDecay {

  private static final String CLASS = "ExponentialDecay";

  private ExponentialDecay(Builder builder) {
    super(builder);
    Argument.positive(CLASS, "decay_rate", builder.decayRate());
  }

  /**
   * Returns a builder.
   *
   * @param initialLearningRate the rate at step 0
   * @param decaySteps the number of steps, above 0, in which the rate shrinks by {@code decayRate}
   * @param decayRate the factor, above 0
   */
  public static Builder builder(double initialLearningRate, long decaySteps, double decayRate) {
    return new Builder(initialLearningRate, decaySteps, decayRate);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static ExponentialDecay fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    return new Builder(reader).readRest(reader).build();
  }

  @Override
  float decayed(float initialLearningRate, float decayRate, float periods) {
    return initialLearningRate * FloatOps.pow(decayRate, periods);
  }

  /** Collects the arguments of an {@link ExponentialDecay}. */
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
    public ExponentialDecay build() {
      return new ExponentialDecay(this);
    }
  }
}
