package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
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
  private @Nullable Slots accumulators;

  private Adagrad(Builder builder) {
    super(builder);
    this.initialAccumulatorValue =
        Argument.nonNegative(
            "Adagrad", "initial_accumulator_value", builder.initialAccumulatorValue);
    this.epsilon = Argument.nonNegative("Adagrad", "epsilon", builder.epsilon);
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
    return builder().read(config.reader("Adagrad")).build();
  }

  @Override
  public void build(List<Variable> variables) {
    if (isBuilt()) {
      return;
    }

    super.build(variables);
    accumulators = addOptimizerVariables(variables, "accumulator").get(0);
    accumulators.fill(initialAccumulatorValue);
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] a = built(accumulators).values(variable);
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float sum = a[i] + g[i] * g[i];
      a[i] = sum;
      w[i] -= learningRate * g[i] / FloatOps.sqrt(sum + eps);
    }
  }

  @Override
  protected boolean keepsUntouchedRows() {
    return (float) epsilon > 0;
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("initial_accumulator_value", initialAccumulatorValue)
        .put("epsilon", epsilon)
        .build();
  }

  /** Collects the arguments of an {@link Adagrad}. */
  public static final class Builder extends OptimizerBuilder<Builder> {
    private double initialAccumulatorValue = 0.1;
    private double epsilon = 1e-7;

    private Builder() {
      super(0.001);
    }

    /** Sets what the sums of squares start with, at least 0. */
    public Builder initialAccumulatorValue(double value) {
      this.initialAccumulatorValue = value;
      return this;
    }

    /** Sets what is added under the root, at least 0. */
    public Builder epsilon(double value) {
      this.epsilon = value;
      return this;
    }

    @Override
    public Builder read(ConfigReader reader) {
      initialAccumulatorValue(reader.number("initial_accumulator_value", initialAccumulatorValue));
      epsilon(reader.number("epsilon", epsilon));
      return super.read(reader);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Adagrad build() {
      return new Adagrad(this);
    }
  }
}
