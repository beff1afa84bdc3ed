package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
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
  private @Nullable OptimizerVariables accumulators;
  private @Nullable OptimizerVariables linears;

  private Ftrl(OptimizerArguments arguments) {
    super(arguments);
    this.learningRatePower = arguments.number("learning_rate_power", -0.5, Argument::nonPositive);
    this.initialAccumulatorValue =
        arguments.number("initial_accumulator_value", 0.1, Argument::nonNegative);
    this.l1 = arguments.number("l1_regularization_strength", 0, Argument::nonNegative);
    this.l2 = arguments.number("l2_regularization_strength", 0, Argument::nonNegative);
    this.l2Shrinkage =
        arguments.number("l2_shrinkage_regularization_strength", 0, Argument::nonNegative);
    this.beta = arguments.number("beta", 0, Argument::nonNegative);
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
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots = addOptimizerVariables(variables, "accumulator", "linear");
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
      float sum = a[i] + FloatOps.square(g[i]);
      float power = power(sum);
      float linear = z[i] + (g[i] + shrink * w[i] - (power - power(a[i])) * inverse * w[i]);
      float clipped = limit == 0 ? 0 : Math.min(Math.max(linear, -limit), limit);
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

  /** Collects the arguments of an {@link Ftrl}. */
  public static final class Builder extends OptimizerBuilder<Ftrl, Builder> {
    private Builder() {
      super(Ftrl.class, Ftrl::new);
    }

    /** Sets how the rate falls with the sum of squares, at most 0; with 0 it is constant. */
    public Builder learningRatePower(double value) {
      return set("learning_rate_power", value);
    }

    /** Sets what the sums of squares start with, at least 0. */
    public Builder initialAccumulatorValue(double value) {
      return set("initial_accumulator_value", value);
    }

    /** Sets the penalty on magnitudes, at least 0. */
    public Builder l1RegularizationStrength(double value) {
      return set("l1_regularization_strength", value);
    }

    /** Sets the penalty on squares, at least 0. */
    public Builder l2RegularizationStrength(double value) {
      return set("l2_regularization_strength", value);
    }

    /** Sets the penalty on squares that is part of the gradient, at least 0. */
    public Builder l2ShrinkageRegularizationStrength(double value) {
      return set("l2_shrinkage_regularization_strength", value);
    }

    /** Sets the paper's beta, at least 0. */
    public Builder beta(double value) {
      return set("beta", value);
    }
  }
}
