package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Descent by the sign of the gradient, mixed with its momentum.
 *
 * <pre>
 * w = w - lr * sign(m * beta_1 + g * (1 - beta_1))
 * m = m * beta_2 + g * (1 - beta_2)
 * </pre>
 *
 * <p>State: {@code momentum} for each variable.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/2302.06675">Chen et al., 2023</a>.
 *
 * <p>Row-sparse gradients: all rows are visited, as momentums decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/lion.py}. Stricter than Keras: beta_2 in [0,
 * 1).
 */
public final class Lion extends ElementwiseOptimizer {

  /* Both 1 - beta are formed in float32, as in Keras. */
  private final double beta1;
  private final double beta2;
  private @Nullable OptimizerVariables momentums;

  private Lion(OptimizerArguments arguments) {
    super(arguments);
    this.beta1 = arguments.number("beta_1", 0.9, Argument::unitAboveZero);
    this.beta2 = arguments.number("beta_2", 0.99, Argument::belowOne);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, betas 0.9 and 0.99. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Lion fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    momentums = addOptimizerVariables(variables, "momentum");
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] m = built(momentums).values(variable);
    float keep1 = (float) beta1;
    float keep2 = (float) beta2;
    float take1 = 1 - keep1;
    float take2 = 1 - keep2;
    for (int i = from; i < to; i++) {
      w[i] -= learningRate * FloatOps.sign(m[i] * keep1 + g[i] * take1);
      m[i] = m[i] * keep2 + g[i] * take2;
    }
  }

  /** Collects the arguments of a {@link Lion}. */
  public static final class Builder extends OptimizerBuilder<Lion, Builder> {
    private Builder() {
      super(Lion.class, Lion::new);
    }

    /** Sets the share of the momentum in a step, in (0, 1]; with 0 it would play no part. */
    public Builder beta1(double value) {
      return set("beta_1", value);
    }

    /** Sets the share of the old momentum that is kept, in [0, 1). */
    public Builder beta2(double value) {
      return set("beta_2", value);
    }
  }
}
