package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
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
  private @Nullable Slots momentums;

  private SGD(Builder builder) {
    super(builder);
    this.momentum = Argument.unit("SGD", "momentum", builder.momentum);
    this.nesterov = builder.nesterov;
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
    return builder().read(config.reader("SGD")).build();
  }

  @Override
  public void build(List<Variable> variables) {
    if (isBuilt()) {
      return;
    }

    super.build(variables);
    if (momentum != 0) {
      momentums = addOptimizerVariables(variables, "momentum").get(0);
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

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("momentum", momentum)
        .put("nesterov", nesterov)
        .build();
  }

  /** Collects the arguments of an {@link SGD}. */
  public static final class Builder extends OptimizerBuilder<Builder> {
    private double momentum;
    private boolean nesterov;

    private Builder() {
      super(0.01);
    }

    /** Sets the share of the last update that is kept, in [0, 1]. */
    public Builder momentum(double value) {
      this.momentum = value;
      return this;
    }

    /** Sets whether Nesterov's rule is used. Without effect if momentum is 0. */
    public Builder nesterov(boolean value) {
      this.nesterov = value;
      return this;
    }

    @Override
    public Builder read(ConfigReader reader) {
      momentum(reader.number("momentum", momentum));
      nesterov(reader.bool("nesterov", nesterov));
      return super.read(reader);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public SGD build() {
      return new SGD(this);
    }
  }
}
