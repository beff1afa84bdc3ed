package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent whose steps are as large as recent steps, relative to recent gradients.
 *
 * <pre>
 * a = rho * a + (1 - rho) * g^2
 * u = -sqrt(d + epsilon) * g / sqrt(a + epsilon)
 * d = rho * d + (1 - rho) * u^2
 * w = w + lr * u
 * </pre>
 *
 * <p>State: {@code accumulated_grad} and {@code accumulated_delta_var} for each variable.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1212.5701">Zeiler, 2012</a>. Differs from the paper: the
 * learning rate, which is 1 there and 0.001 by default here, as in Keras.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adadelta.py}. Stricter than Keras: rho in [0,
 * 1), epsilon at least 0.
 */
public final class Adadelta extends ElementwiseOptimizer {

  private final double rho;
  private final double epsilon;
  private @Nullable OptimizerVariables gradients;
  private @Nullable OptimizerVariables deltas;

  private Adadelta(OptimizerArguments arguments) {
    super(arguments);
    this.rho = arguments.number("rho", 0.95, Argument::belowOne);
    this.epsilon = arguments.number("epsilon", 1e-7, Argument::nonNegative);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, rho 0.95, epsilon 1e-7. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Adadelta fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots =
        addOptimizerVariables(variables, "accumulated_grad", "accumulated_delta_var");
    gradients = slots.get(0);
    deltas = slots.get(1);
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] a = built(gradients).values(variable);
    float[] d = built(deltas).values(variable);
    float keep = (float) rho;
    float take = (float) (1 - rho);
    float eps = (float) epsilon;

    // g becomes -delta. In two loops, because the JIT compiler does not vectorise one with all of
    // it.
    for (int i = from; i < to; i++) {
      float square = keep * a[i] + take * FloatOps.square(g[i]);
      a[i] = square;
      g[i] = FloatOps.sqrt(d[i] + eps) * g[i] / FloatOps.sqrt(square + eps);
    }

    for (int i = from; i < to; i++) {
      d[i] = keep * d[i] + take * FloatOps.square(g[i]);
      w[i] -= learningRate * g[i];
    }
  }

  /** Collects the arguments of an {@link Adadelta}. */
  public static final class Builder extends OptimizerBuilder<Adadelta, Builder> {
    private Builder() {
      super(Adadelta.class, Adadelta::new);
    }

    /** Sets the share of the old mean squares that is kept, in [0, 1). */
    public Builder rho(double value) {
      return set("rho", value);
    }

    /** Sets what is added under both roots, at least 0. */
    public Builder epsilon(double value) {
      return set("epsilon", value);
    }
  }
}
