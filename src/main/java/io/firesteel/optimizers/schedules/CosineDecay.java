package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import org.jspecify.annotations.Nullable;

/**
 * A rate that falls along half a cosine, after a linear warm-up if there is a target for it.
 *
 * <pre>
 * f(x, rate) = rate * ((1 - alpha) * 0.5 * (1 + cos(pi * x / decay_steps)) + alpha)
 *
 * without a target:  f(min(step, decay_steps), initial_learning_rate)
 * with one:          s = min(step, warmup_steps + decay_steps)
 *   s &lt; warmup_steps:  (warmup_target - initial_learning_rate) * s / warmup_steps + initial_learning_rate
 *   else:              f(s - warmup_steps, warmup_target)
 * </pre>
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter, 2016</a>.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedules/learning_rate_schedule.py}. Stricter
 * than Keras: rates are finite and at least 0, alpha is in [0, 1]. As in Keras, {@code
 * warmup_steps} has no effect without {@code warmup_target}.
 */
public final class CosineDecay extends LearningRateSchedule {

  private static final String CLASS = "CosineDecay";

  private final double initialLearningRate;
  private final long decaySteps;
  private final double alpha;
  private final String name;
  private final @Nullable Double warmupTarget;
  private final long warmupSteps;

  private CosineDecay(Builder builder) {
    this.initialLearningRate =
        Argument.nonNegative(CLASS, "initial_learning_rate", builder.initialLearningRate);
    this.decaySteps = Argument.integer(CLASS, "decay_steps", 1, builder.decaySteps);
    this.alpha = Argument.unit(CLASS, "alpha", builder.alpha);
    this.name = builder.name;
    this.warmupTarget = builder.warmupTarget;
    this.warmupSteps = Argument.integer(CLASS, "warmup_steps", 0, builder.warmupSteps);
    if (warmupTarget != null) {
      Argument.nonNegative(CLASS, "warmup_target", warmupTarget);
    }
  }

  /**
   * Returns a builder without a warm-up, and with alpha 0.
   *
   * @param initialLearningRate the rate at step 0
   * @param decaySteps the number of steps, above 0, in which the rate falls
   */
  public static Builder builder(double initialLearningRate, long decaySteps) {
    return new Builder(initialLearningRate, decaySteps);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static CosineDecay fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    Builder builder =
        builder(reader.number("initial_learning_rate"), reader.integer("decay_steps"));
    builder.alpha(reader.number("alpha", builder.alpha)).name(reader.string("name", builder.name));
    builder.warmupTarget = reader.nullableNumber("warmup_target", null);
    builder.warmupSteps = reader.integer("warmup_steps", 0);
    reader.finish();
    return builder.build();
  }

  @Override
  public float call(long step) {
    if (warmupTarget == null) {
      return decay(Math.min((float) step, (float) decaySteps), (float) initialLearningRate);
    }

    float warmup = warmupSteps;
    float target = (float) (double) warmupTarget;
    float s = Math.min((float) step, decaySteps + warmup);
    if (s < warmup) {
      float initial = (float) initialLearningRate;
      return (target - initial) * (s / warmup) + initial;
    }

    return decay(s - warmup, target);
  }

  private float decay(float step, float rate) {
    float cosine = 0.5f * (1 + FloatOps.cos((float) Math.PI * (step / decaySteps)));
    return rate * ((float) (1 - alpha) * cosine + (float) alpha);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("initial_learning_rate", initialLearningRate)
        .put("decay_steps", decaySteps)
        .put("alpha", alpha)
        .put("name", name)
        .put("warmup_target", warmupTarget)
        .put("warmup_steps", warmupSteps)
        .build();
  }

  /** Collects the arguments of a {@link CosineDecay}. */
  public static final class Builder {
    private final double initialLearningRate;
    private final long decaySteps;
    private double alpha;
    private String name = CLASS;
    private @Nullable Double warmupTarget;
    private long warmupSteps;

    private Builder(double initialLearningRate, long decaySteps) {
      this.initialLearningRate = initialLearningRate;
      this.decaySteps = decaySteps;
    }

    /** Sets the share of the rate that remains at the end, in [0, 1]. */
    public Builder alpha(double value) {
      this.alpha = value;
      return this;
    }

    /**
     * Puts a linear warm-up before the decay.
     *
     * @param target the rate at its end, from which the decay starts
     * @param steps the number of its steps, which come before {@code decaySteps}
     */
    public Builder warmup(double target, long steps) {
      this.warmupTarget = target;
      this.warmupSteps = steps;
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
    public CosineDecay build() {
      return new CosineDecay(this);
    }
  }
}
