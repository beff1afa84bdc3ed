package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Follow the regularized leader: descent whose penalties make weights exactly zero.
 *
 * <pre>
 * p = -learning_rate_power
 * l = l2_regularization_strength + beta / (2 * lr)
 * s = g + 2 * l2_shrinkage_regularization_strength * w
 * a' = a + g^2
 * z = z + s - (a'^p - a^p) / lr * w
 * w = (clip(z, -l1, l1) - z) / (a'^p / lr + 2 * l),   l1 = l1_regularization_strength
 * a = a'
 * </pre>
 *
 * <p>The new w depends on the old one through z alone: with the default initial accumulator, a zero
 * gradient moves it too, to 0 in the first step. Where a' and l are 0, it is NaN, as in Keras.
 *
 * <p>State: {@code accumulator}, which starts with {@code initial_accumulator_value}, and {@code
 * linear} for each variable.
 *
 * <p>Paper: <a href="https://research.google.com/pubs/archive/41159.pdf">McMahan et al., 2013</a>.
 *
 * <p>Row-sparse gradients: all rows are visited. A row's w is formed anew from z and the learning
 * rate, and so changes without a gradient when the rate does, or when something else has changed
 * it.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/ftrl.py}. Differs from Keras: with a learning
 * rate of 0, a step changes nothing, while Keras divides by it. Stricter than Keras: beta at least
 * 0.
 */
public final class Ftrl extends ElementwiseOptimizer {

  /*
   * Dividing a tensor by a number is multiplying by its rounded inverse, as XLA does it. The usual
   * power of a half is a square root; others are formed in double, by functions that allocate
   * nothing, and rounded.
   */
  private final double learningRatePower;
  private final double initialAccumulatorValue;
  private final double l1;
  private final double l2;
  private final double l2Shrinkage;
  private final double beta;
  private @Nullable Slots accumulators;
  private @Nullable Slots linears;

  private Ftrl(Builder builder) {
    super(builder);
    this.learningRatePower =
        Argument.nonPositive("Ftrl", "learning_rate_power", builder.learningRatePower);
    this.initialAccumulatorValue =
        Argument.nonNegative("Ftrl", "initial_accumulator_value", builder.initialAccumulatorValue);
    this.l1 = Argument.nonNegative("Ftrl", "l1_regularization_strength", builder.l1);
    this.l2 = Argument.nonNegative("Ftrl", "l2_regularization_strength", builder.l2);
    this.l2Shrinkage =
        Argument.nonNegative("Ftrl", "l2_shrinkage_regularization_strength", builder.l2Shrinkage);
    this.beta = Argument.nonNegative("Ftrl", "beta", builder.beta);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, power -0.5, accumulators 0.1. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Ftrl fromConfig(Config config) {
    return builder().read(config.reader("Ftrl")).build();
  }

  @Override
  public void build(List<Variable> variables) {
    if (isBuilt()) {
      return;
    }

    super.build(variables);
    List<Slots> slots = addOptimizerVariables(variables, "accumulator", "linear");
    accumulators = slots.get(0);
    linears = slots.get(1);
    accumulators.fill(initialAccumulatorValue);
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    if (learningRate == 0) {
      return;
    }

    float[] w = variable.values();
    float[] a = built(accumulators).values(variable);
    float[] z = built(linears).values(variable);
    float inverse = 1 / learningRate;
    float shrink = (float) (2 * l2Shrinkage);
    float ridge = 2 * ((float) l2 + (float) beta / (2 * learningRate));
    float limit = (float) l1;
    for (int i = from; i < to; i++) {
      float sum = a[i] + g[i] * g[i];
      float power = power(sum);
      float linear = z[i] + (g[i] + shrink * w[i] - (power - power(a[i])) * inverse * w[i]);
      float clipped = Math.min(Math.max(linear, -limit), limit);
      a[i] = sum;
      z[i] = linear;
      w[i] = (clipped - linear) / (power * inverse + ridge);
    }
  }

  private float power(float x) {
    if (learningRatePower == 0) {
      return 1;
    }

    return learningRatePower == -0.5
        ? FloatOps.sqrt(x)
        : (float) StrictMath.exp((float) -learningRatePower * StrictMath.log(x));
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("learning_rate_power", learningRatePower)
        .put("initial_accumulator_value", initialAccumulatorValue)
        .put("l1_regularization_strength", l1)
        .put("l2_regularization_strength", l2)
        .put("l2_shrinkage_regularization_strength", l2Shrinkage)
        .put("beta", beta)
        .build();
  }

  /** Collects the arguments of an {@link Ftrl}. */
  public static final class Builder extends OptimizerBuilder<Builder> {
    private double learningRatePower = -0.5;
    private double initialAccumulatorValue = 0.1;
    private double l1;
    private double l2;
    private double l2Shrinkage;
    private double beta;

    private Builder() {
      super(0.001);
    }

    /** Sets how the rate falls with the sum of squares, at most 0; with 0 it is constant. */
    public Builder learningRatePower(double value) {
      this.learningRatePower = value;
      return this;
    }

    /** Sets what the sums of squares start with, at least 0. */
    public Builder initialAccumulatorValue(double value) {
      this.initialAccumulatorValue = value;
      return this;
    }

    /** Sets the penalty on magnitudes, at least 0. */
    public Builder l1RegularizationStrength(double value) {
      this.l1 = value;
      return this;
    }

    /** Sets the penalty on squares, at least 0. */
    public Builder l2RegularizationStrength(double value) {
      this.l2 = value;
      return this;
    }

    /** Sets the penalty on squares that is part of the gradient, at least 0. */
    public Builder l2ShrinkageRegularizationStrength(double value) {
      this.l2Shrinkage = value;
      return this;
    }

    /** Sets the paper's beta, at least 0. */
    public Builder beta(double value) {
      this.beta = value;
      return this;
    }

    @Override
    public Builder read(ConfigReader reader) {
      learningRatePower(reader.number("learning_rate_power", learningRatePower));
      initialAccumulatorValue(reader.number("initial_accumulator_value", initialAccumulatorValue));
      l1RegularizationStrength(reader.number("l1_regularization_strength", l1));
      l2RegularizationStrength(reader.number("l2_regularization_strength", l2));
      l2ShrinkageRegularizationStrength(
          reader.number("l2_shrinkage_regularization_strength", l2Shrinkage));
      beta(reader.number("beta", beta));
      return super.read(reader);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Ftrl build() {
      return new Ftrl(this);
    }
  }
}
