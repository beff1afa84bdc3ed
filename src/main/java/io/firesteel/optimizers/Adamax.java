package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Adam} with the largest recent gradient in place of the root mean square.
 *
 * <pre>
 * t = iterations + 1
 * m = m + (g - m) * (1 - beta_1)
 * u = max(beta_2 * u, |g|)
 * w = w - lr * m / ((1 - beta_1^t) * (u + epsilon))
 * </pre>
 *
 * <p>State: {@code momentum} and {@code norm} for each variable.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, 2014, section 7.1</a>. Differs
 * from the paper: epsilon.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay; if {@code lazy} is set, only
 * touched rows, and the result is another (TensorFlow Addons' LazyAdam). Keras refuses a config
 * with that key, which is only there if it is set.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adamax.py}. Stricter than Keras: both betas in
 * [0, 1), epsilon at least 0.
 */
public final class Adamax extends ElementwiseOptimizer {

  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private @Nullable OptimizerVariables momentums;
  private @Nullable OptimizerVariables norms;
  private float correction;

  private Adamax(OptimizerArguments arguments) {
    super(arguments, arguments.flag(LAZY));
    this.beta1 = arguments.number("beta_1", 0.9, Argument::belowOne);
    this.beta2 = arguments.number("beta_2", 0.999, Argument::belowOne);
    this.epsilon = arguments.number("epsilon", 1e-7, Argument::nonNegative);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, betas 0.9 and 0.999. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Adamax fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots = addOptimizerVariables(variables, "momentum", "norm");
    momentums = slots.get(0);
    norms = slots.get(1);
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    correction = 1 - FloatOps.pow((float) beta1, (float) (iterations() + 1));
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] m = built(momentums).values(variable);
    float[] u = built(norms).values(variable);
    float take = (float) (1 - beta1);
    float keep = (float) beta2;
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take;
      float norm = Math.max(keep * u[i], Math.abs(g[i]));
      m[i] = mean;
      u[i] = norm;
      w[i] -= learningRate * mean / (correction * (norm + eps));
    }
  }

  /** Collects the arguments of an {@link Adamax}. */
  public static final class Builder extends OptimizerBuilder.Moments<Adamax, Builder> {
    private Builder() {
      super(Adamax.class, Adamax::new);
    }

    /**
     * Sets whether row-sparse gradients update only the rows that they touch, see {@link
     * ElementwiseOptimizer}; not together with {@code gradientAccumulationSteps}. An addition to
     * Keras, which refuses configs where it is set.
     */
    public Builder lazy(boolean value) {
      return set(LAZY, value);
    }
  }
}
