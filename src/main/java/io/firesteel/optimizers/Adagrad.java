package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent in units of the root of the sum of all squared gradients.
 *
 * <pre>
 * a = a + g^2
 * w = w - lr * g / sqrt(a + epsilon)
 * </pre>
 *
 * <p>State: {@code accumulator} for each variable, which starts with {@code
 * initial_accumulator_value}.
 *
 * <p>Paper: <a href="https://jmlr.org/papers/v12/duchi11a.html">Duchi et al., 2011</a>. Differs
 * from the paper: epsilon, which stands under the root.
 *
 * <p>Row-sparse gradients: only touched rows are visited, if epsilon is above 0 in float32; without
 * it, 0 / 0 could arise elsewhere.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adagrad.py}. Stricter than Keras: the initial
 * value and epsilon at least 0.
 */
public final class Adagrad extends ElementwiseOptimizer {

  private final double initialAccumulatorValue;
  private final double epsilon;
  private @Nullable OptimizerVariables accumulators;

  private Adagrad(OptimizerArguments arguments) {
    super(arguments);
    this.initialAccumulatorValue =
        arguments.number("initial_accumulator_value", 0.1, Argument::nonNegative);
    this.epsilon = arguments.number("epsilon", 1e-7, Argument::nonNegative);
  }

  /**
   * Returns a builder with Keras's defaults: learning rate 0.001, accumulators 0.1, epsilon 1e-7.
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Adagrad fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    accumulators = addOptimizerVariables(variables, "accumulator");
    accumulators.fill(initialAccumulatorValue);
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] a = built(accumulators).values(variable);
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float sum = a[i] + FloatOps.square(g[i]);
      a[i] = sum;
      w[i] -= learningRate * g[i] / FloatOps.sqrt(sum + eps);
    }
  }

  @Override
  protected boolean keepsUntouchedRows() {
    return (float) epsilon > 0;
  }

  /** Collects the arguments of an {@link Adagrad}. */
  public static final class Builder extends OptimizerBuilder<Adagrad, Builder> {
    private Builder() {
      super(Adagrad.class, Adagrad::new);
    }

    /** Sets what the sums of squares start with, at least 0. */
    public Builder initialAccumulatorValue(double value) {
      return set("initial_accumulator_value", value);
    }

    /** Sets what is added under the root, at least 0. */
    public Builder epsilon(double value) {
      return set("epsilon", value);
    }
  }
}
