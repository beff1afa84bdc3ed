package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent, with momentum if it is set.
 *
 * <pre>
 * momentum = 0:  w = w - g * lr
 * else:          m = m * momentum - g * lr
 *                w = w + m                          or, with nesterov,
 *                w = w + (m * momentum - g * lr)
 * </pre>
 *
 * <p>State: {@code momentum} for each variable, if momentum is not 0.
 *
 * <p>Row-sparse gradients: without momentum, only touched rows are visited; with it, all, as
 * velocities decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/sgd.py}.
 */
public final class SGD extends ElementwiseOptimizer {

  private final double momentum;
  private final boolean nesterov;
  private @Nullable OptimizerVariables momentums;

  private SGD(OptimizerArguments arguments) {
    super(arguments);
    this.momentum = arguments.number("momentum", 0, Argument::unit);
    this.nesterov = arguments.bool("nesterov", false);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.01, no momentum. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static SGD fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    if (momentum != 0) {
      momentums = addOptimizerVariables(variables, "momentum");
    }
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    if (momentums == null) {
      for (int i = from; i < to; i++) {
        w[i] -= g[i] * learningRate;
      }
    } else if (nesterov) {
      nesterovStep(w, g, momentums.values(variable), from, to, learningRate);
    } else {
      momentumStep(w, g, momentums.values(variable), from, to, learningRate);
    }
  }

  @Override
  protected boolean keepsUntouchedRows() {
    return momentum == 0;
  }

  private void momentumStep(float[] w, float[] g, float[] m, int from, int to, float lr) {
    float mu = (float) momentum;
    for (int i = from; i < to; i++) {
      float velocity = m[i] * mu - g[i] * lr;
      m[i] = velocity;
      w[i] += velocity;
    }
  }

  private void nesterovStep(float[] w, float[] g, float[] m, int from, int to, float lr) {
    float mu = (float) momentum;
    for (int i = from; i < to; i++) {
      float velocity = m[i] * mu - g[i] * lr;
      w[i] += velocity * mu - g[i] * lr;
      m[i] = velocity;
    }
  }

  /** Collects the arguments of an {@link SGD}. */
  public static final class Builder extends OptimizerBuilder<SGD, Builder> {
    private Builder() {
      super(SGD.class, SGD::new);
      learningRate(0.01);
    }

    /** Sets the share of the last update that is kept, in [0, 1]. */
    public Builder momentum(double value) {
      return set("momentum", value);
    }

    /** Sets whether Nesterov's rule is used. Without effect if momentum is 0. */
    public Builder nesterov(boolean value) {
      return set("nesterov", value);
    }
  }
}
