package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;

/**
 * A rate that rises to its largest value along half a cosine, and falls to nearly 0 along another.
 *
 * <pre>
 * first = max_learning_rate / initial_divisor,  last = first / final_divisor
 * w = warmup_share * total_steps,               s = min(step, total_steps)
 *
 * s &lt; w:  max_learning_rate + (first - max_learning_rate) * 0.5 * (1 + cos(pi * s / w))
 * else:   last + (max_learning_rate - last) * 0.5 * (1 + cos(pi * (s - w) / (total_steps - w)))
 * </pre>
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1708.07120">Smith and Topin, 2017</a>. Differs from the
 * paper: cosines in place of straight lines, and momentum stays as it is.
 *
 * <p>This schedule is Firesteel's; Keras refuses configs that name it.
 */
public final class OneCycle extends LearningRateSchedule {

  private static final String CLASS = "OneCycle";

  private final double maxLearningRate;
  private final long totalSteps;
  private final double warmupShare;
  private final double initialDivisor;
  private final double finalDivisor;
  private final String name;

  private OneCycle(Builder builder) {
    this.maxLearningRate =
        Argument.nonNegative(CLASS, "max_learning_rate", builder.maxLearningRate);
    this.totalSteps = Argument.integer(CLASS, "total_steps", 1, builder.totalSteps);
    this.warmupShare = Argument.unit(CLASS, "warmup_share", builder.warmupShare);
    this.initialDivisor = Argument.atLeast(CLASS, "initial_divisor", 1, builder.initialDivisor);
    this.finalDivisor = Argument.atLeast(CLASS, "final_divisor", 1, builder.finalDivisor);
    this.name = builder.name;
  }

  /**
   * Returns a builder with a warm-up over 0.3 of the steps, which begins at a 25th of the largest
   * rate, and an end at a 10000th of that.
   *
   * @param maxLearningRate the largest rate, at least 0
   * @param totalSteps the number of steps of the cycle, above 0
   */
  public static Builder builder(double maxLearningRate, long totalSteps) {
    return new Builder(maxLearningRate, totalSteps);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static OneCycle fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    Builder builder = builder(reader.number("max_learning_rate"), reader.integer("total_steps"));
    builder
        .warmupShare(reader.number("warmup_share", builder.warmupShare))
        .initialDivisor(reader.number("initial_divisor", builder.initialDivisor))
        .finalDivisor(reader.number("final_divisor", builder.finalDivisor))
        .name(reader.string("name", builder.name));
    reader.finish();
    return builder.build();
  }

  @Override
  public float call(long step) {
    float max = (float) maxLearningRate;
    float first = (float) (maxLearningRate / initialDivisor);
    float last = (float) (maxLearningRate / initialDivisor / finalDivisor);
    float warmup = (float) (warmupShare * totalSteps);
    if (step >= totalSteps) {
      return last;
    }

    return step < warmup
        ? between(first, max, step / warmup)
        : between(max, last, (step - warmup) / (totalSteps - warmup));
  }

  /** Goes from one rate to another along half a cosine. */
  private static float between(float from, float to, float share) {
    return to + (from - to) * (0.5f * (1 + FloatOps.cos((float) Math.PI * share)));
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("max_learning_rate", maxLearningRate)
        .put("total_steps", totalSteps)
        .put("warmup_share", warmupShare)
        .put("initial_divisor", initialDivisor)
        .put("final_divisor", finalDivisor)
        .put("name", name)
        .build();
  }

  /** Collects the arguments of a {@link OneCycle}. */
  public static final class Builder {
    private final double maxLearningRate;
    private final long totalSteps;
    private double warmupShare = 0.3;
    private double initialDivisor = 25;
    private double finalDivisor = 1e4;
    private String name = CLASS;

    private Builder(double maxLearningRate, long totalSteps) {
      this.maxLearningRate = maxLearningRate;
      this.totalSteps = totalSteps;
    }

    /** Sets the share of the steps in which the rate rises, in [0, 1]. */
    public Builder warmupShare(double value) {
      this.warmupShare = value;
      return this;
    }

    /** Sets by what the largest rate is divided for the first, at least 1. */
    public Builder initialDivisor(double value) {
      this.initialDivisor = value;
      return this;
    }

    /** Sets by what the first rate is divided for the last, at least 1. */
    public Builder finalDivisor(double value) {
      this.finalDivisor = value;
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
    public OneCycle build() {
      return new OneCycle(this);
    }
  }
}
