package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent in units of the gradients' recent root mean square.
 *
 * <pre>
 * v = rho * v + (1 - rho) * g^2
 * a = rho * a + (1 - rho) * g                       if centered
 * d = v + epsilon,  or if centered  v - a^2 + epsilon
 * u = lr * g / sqrt(d)
 * w = w - u,        or if momentum > 0  m = momentum * m + u,  w = w - m
 * </pre>
 *
 * <p>State: {@code velocity} for each variable; then {@code momentum} for each, if momentum is
 * above 0; then {@code average_gradient} for each, if centered.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/rmsprop.py}. Stricter than Keras: rho in [0,
 * 1), momentum in [0, 1], epsilon at least 0.
 */
public final class RMSprop extends ElementwiseOptimizer {

  private final double rho;
  private final double momentum;
  private final double epsilon;
  private final boolean centered;
  private @Nullable OptimizerVariables velocities;
  private @Nullable OptimizerVariables momentums;
  private @Nullable OptimizerVariables averageGradients;

  private RMSprop(OptimizerArguments arguments) {
    super(arguments);
    this.rho = arguments.number("rho", 0.9, Argument::belowOne);
    this.momentum = arguments.number("momentum", 0, Argument::unit);
    this.epsilon = arguments.number("epsilon", 1e-7, Argument::nonNegative);
    this.centered = arguments.bool("centered", false);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, rho 0.9, epsilon 1e-7. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static RMSprop fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    velocities = addOptimizerVariables(variables, "velocity");
    if (momentum > 0) {
      momentums = addOptimizerVariables(variables, "momentum");
    }

    if (centered) {
      averageGradients = addOptimizerVariables(variables, "average_gradient");
    }
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] v = built(velocities).values(variable);
    float[] m = momentums == null ? null : momentums.values(variable);
    if (averageGradients == null) {
      plainStep(w, g, v, m, from, to, learningRate);
    } else {
      centeredStep(w, g, v, averageGradients.values(variable), m, from, to, learningRate);
    }
  }

  private void plainStep(
      float[] w, float[] g, float[] v, float @Nullable [] m, int from, int to, float lr) {
    float keep = (float) rho;
    float take = (float) (1 - rho);
    float eps = (float) epsilon;
    float mu = (float) momentum;
    for (int i = from; i < to; i++) {
      float square = keep * v[i] + take * FloatOps.square(g[i]);
      float step = lr * g[i] / FloatOps.sqrt(square + eps);
      v[i] = square;
      if (m != null) {
        step = mu * m[i] + step;
        m[i] = step;
      }

      w[i] -= step;
    }
  }

  private void centeredStep(
      float[] w,
      float[] g,
      float[] v,
      float[] a,
      float @Nullable [] m,
      int from,
      int to,
      float lr) {
    float keep = (float) rho;
    float take = (float) (1 - rho);
    float eps = (float) epsilon;
    float mu = (float) momentum;
    for (int i = from; i < to; i++) {
      float square = keep * v[i] + take * FloatOps.square(g[i]);
      float mean = keep * a[i] + take * g[i];
      float step = lr * g[i] / FloatOps.sqrt(square - mean * mean + eps);
      v[i] = square;
      a[i] = mean;
      if (m != null) {
        step = mu * m[i] + step;
        m[i] = step;
      }

      w[i] -= step;
    }
  }

  /** Collects the arguments of an {@link RMSprop}. */
  public static final class Builder extends OptimizerBuilder<RMSprop, Builder> {
    private Builder() {
      super(RMSprop.class, RMSprop::new);
    }

    /** Sets the share of the old mean square that is kept, in [0, 1). */
    public Builder rho(double value) {
      return set("rho", value);
    }

    /** Sets the share of the last update that is kept, in [0, 1]. */
    public Builder momentum(double value) {
      return set("momentum", value);
    }

    /** Sets what is added under the root, at least 0. */
    public Builder epsilon(double value) {
      return set("epsilon", value);
    }

    /** Sets whether the mean gradient is taken out of the mean square. */
    public Builder centered(boolean value) {
      return set("centered", value);
    }
  }
}
