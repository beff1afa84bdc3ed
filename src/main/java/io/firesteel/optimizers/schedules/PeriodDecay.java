package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * A rate that shrinks with the number of periods of {@code decay_steps} steps: what {@link
 * ExponentialDecay} and {@link InverseTimeDecay} share.
 *
 * <pre>
 * p = step / decay_steps,  rounded down if staircase
 * </pre>
 */
abstract class PeriodDecay extends LearningRateSchedule {

  private final double initialLearningRate;
  private final long decaySteps;
  private final double decayRate;
  private final boolean staircase;
  private final String name;

  /** Creates a schedule; the decay rate, whose range differs, is for the subclass to check. */
  PeriodDecay(Arguments<?> arguments) {
    String owner = getClass().getSimpleName();
    this.initialLearningRate =
        Argument.nonNegative(owner, "initial_learning_rate", arguments.initialLearningRate);
    this.decaySteps = Argument.integer(owner, "decay_steps", 1, arguments.decaySteps);
    this.decayRate = arguments.decayRate;
    this.staircase = arguments.staircase;
    this.name = arguments.name;
  }

  /** Returns the rate after a number of periods. */
  abstract float decayed(float initialLearningRate, float decayRate, float periods);

  @Override
  public final float call(long step) {
    float p = (float) step / (float) decaySteps;
    if (staircase) {
      p = (float) Math.floor(p);
    }

    return decayed((float) initialLearningRate, (float) decayRate, p);
  }

  @Override
  public final Config getConfig() {
    return Config.builder()
        .put("initial_learning_rate", initialLearningRate)
        .put("decay_steps", decaySteps)
        .put("decay_rate", decayRate)
        .put("staircase", staircase)
        .put("name", name)
        .build();
  }

  /**
   * Collects their arguments.
   *
   * @param <B> the concrete builder
   */
  abstract static class Arguments<B extends Arguments<B>> {
    private final double initialLearningRate;
    private final long decaySteps;
    private final double decayRate;
    private boolean staircase;
    private String name;

    Arguments(String name, double initialLearningRate, long decaySteps, double decayRate) {
      this.name = name;
      this.initialLearningRate = initialLearningRate;
      this.decaySteps = decaySteps;
      this.decayRate = decayRate;
    }

    /** Reads the required arguments of a config. */
    Arguments(String name, ConfigReader reader) {
      this(
          name,
          reader.number("initial_learning_rate"),
          reader.integer("decay_steps"),
          reader.number("decay_rate"));
    }

    /** Returns this builder. */
    abstract B self();

    double decayRate() {
      return decayRate;
    }

    /** Reads the optional arguments of a config, and refuses what is left. */
    B readRest(ConfigReader reader) {
      staircase(reader.bool("staircase", staircase));
      name(reader.string("name", name));
      reader.finish();
      return self();
    }

    /** Sets whether the rate changes only once in {@code decaySteps} steps. */
    public B staircase(boolean value) {
      this.staircase = value;
      return self();
    }

    /** Sets the name. */
    public B name(String value) {
      this.name = value;
      return self();
    }
  }
}
