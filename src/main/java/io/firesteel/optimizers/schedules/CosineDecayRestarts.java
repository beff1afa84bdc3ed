package io.firesteel.optimizers.schedules;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;

/**
 * A rate that falls along half a cosine again and again, each time in {@code t_mul} times as many
 * steps and from {@code m_mul} times the rate.
 *
 * <pre>
 * c = step / first_decay_steps
 * t_mul = 1:  i = floor(c),  c = c - i
 * else:       i = floor(ln(1 - c * (1 - t_mul)) / ln(t_mul))
 *             c = (c - (1 - t_mul^i) / (1 - t_mul)) / t_mul^i
 * rate = initial_learning_rate * ((1 - alpha) * 0.5 * m_mul^i * (1 + cos(pi * c)) + alpha)
 * </pre>
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1608.03983">Loshchilov and Hutter, 2016</a>.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedules/learning_rate_schedule.py}. Stricter
 * than Keras: rates are finite and at least 0, alpha is in [0, 1], {@code t_mul} at least 1 and
 * {@code m_mul} above 0.
 */
public final class CosineDecayRestarts extends LearningRateSchedule {

  /*
   * All of it is float32 as in Keras, the logarithms too, so that a restart falls on Keras's step.
   * Logarithm, power and cosine are the correctly rounded ones; JAX's differ by an ulp at some
   * steps.
   */
  private static final String CLASS = "CosineDecayRestarts";

  private final double initialLearningRate;
  private final long firstDecaySteps;
  private final double tMul;
  private final double mMul;
  private final double alpha;
  private final String name;

  private CosineDecayRestarts(Builder builder) {
    this.initialLearningRate =
        Argument.nonNegative(CLASS, "initial_learning_rate", builder.initialLearningRate);
    this.firstDecaySteps = Argument.integer(CLASS, "first_decay_steps", 1, builder.firstDecaySteps);
    this.tMul = Argument.atLeast(CLASS, "t_mul", 1, builder.tMul);
    this.mMul = Argument.positive(CLASS, "m_mul", builder.mMul);
    this.alpha = Argument.unit(CLASS, "alpha", builder.alpha);
    this.name = builder.name;
  }

  /**
   * Returns a builder with {@code t_mul} 2, {@code m_mul} 1 and alpha 0.
   *
   * @param initialLearningRate the rate at step 0
   * @param firstDecaySteps the number of steps, above 0, of the first fall
   */
  public static Builder builder(double initialLearningRate, long firstDecaySteps) {
    return new Builder(initialLearningRate, firstDecaySteps);
  }

  /**
   * Returns the schedule that a config describes.
   *
   * @throws IllegalArgumentException if a key is missing or unknown, or a value out of range
   */
  public static CosineDecayRestarts fromConfig(Config config) {
    ConfigReader reader = config.reader(CLASS);
    Builder builder =
        builder(reader.number("initial_learning_rate"), reader.integer("first_decay_steps"));
    builder
        .tMul(reader.number("t_mul", builder.tMul))
        .mMul(reader.number("m_mul", builder.mMul))
        .alpha(reader.number("alpha", builder.alpha))
        .name(reader.string("name", builder.name));
    reader.finish();
    return builder.build();
  }

  @Override
  public float call(long step) {
    float completed = (float) step / (float) firstDecaySteps;
    float t = (float) tMul;
    float restart;
    if (t == 1) {
      restart = (float) Math.floor(completed);
      completed -= restart;
    } else {
      restart = (float) Math.floor(FloatOps.log(1 - completed * (1 - t)) / FloatOps.log(t));
      float power = FloatOps.pow(t, restart);
      completed = (completed - (1 - power) / (1 - t)) / power;
    }

    float a = (float) alpha;
    float factor = 0.5f * FloatOps.pow((float) mMul, restart);
    float cosine = factor * (1 + FloatOps.cos((float) Math.PI * completed));
    return (float) initialLearningRate * ((1 - a) * cosine + a);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("initial_learning_rate", initialLearningRate)
        .put("first_decay_steps", firstDecaySteps)
        .put("t_mul", tMul)
        .put("m_mul", mMul)
        .put("alpha", alpha)
        .put("name", name)
        .build();
  }

  /** Collects the arguments of a {@link CosineDecayRestarts}. */
  public static final class Builder {
    private final double initialLearningRate;
    private final long firstDecaySteps;
    private double tMul = 2;
    private double mMul = 1;
    private double alpha;
    private String name = "SGDRDecay";

    private Builder(double initialLearningRate, long firstDecaySteps) {
      this.initialLearningRate = initialLearningRate;
      this.firstDecaySteps = firstDecaySteps;
    }

    /** Sets how many times longer each fall is than the one before, at least 1. */
    public Builder tMul(double value) {
      this.tMul = value;
      return this;
    }

    /** Sets how many times higher each fall starts than the one before, above 0. */
    public Builder mMul(double value) {
      this.mMul = value;
      return this;
    }

    /** Sets the share of the initial rate that remains at the end of a fall, in [0, 1]. */
    public Builder alpha(double value) {
      this.alpha = value;
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
    public CosineDecayRestarts build() {
      return new CosineDecayRestarts(this);
    }
  }
}
