package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Adam} with Nesterov's momentum, which is raised over the first steps.
 *
 * <pre>
 * t = iterations + 1
 * mu(k) = beta_1 * (1 - 0.5 * 0.96^k)
 * p = p * mu(t)                                 once for a step
 * m = m + (g - m) * (1 - beta_1)
 * v = v + (g^2 - v) * (1 - beta_2)
 * n = mu(t + 1) * m / (1 - p * mu(t + 1)) + (1 - mu(t)) * g / (1 - p)
 * w = w - n * lr / (sqrt(v / (1 - beta_2^t)) + epsilon)
 * </pre>
 *
 * <p>State: {@code momentum} and {@code velocity} for each variable; then the number p, which is
 * called {@code variable} and starts with 1.
 *
 * <p>Paper: <a href="https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ">Dozat, 2016</a>.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay; if {@code lazy} is set, only
 * touched rows, and the result is another (TensorFlow Addons' LazyAdam). Keras refuses a config
 * with that key, which is only there if it is set.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/nadam.py}. Stricter than Keras: both betas in
 * [0, 1), epsilon at least 0.
 */
public final class Nadam extends ElementwiseOptimizer {

  /*
   * Unlike Adam's, both 1 - beta are formed in float32 here, as in Keras. Dividing a tensor by a
   * number is multiplying by its rounded inverse, as XLA does it.
   */
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private @Nullable OptimizerVariables momentums;
  private @Nullable OptimizerVariables velocities;
  private @Nullable Variable product;
  private float momentNow;
  private float momentNext;
  private float inverseNow;
  private float inverseNext;
  private float inverseVelocity;

  private Nadam(OptimizerArguments arguments) {
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
  public static Nadam fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots = addOptimizerVariables(variables, "momentum", "velocity");
    momentums = slots.get(0);
    velocities = slots.get(1);
    product = markUntracked(addVariable(Shape.scalar(), "variable", 1));
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    float t = iterations() + 1;
    float beta = (float) beta1;
    float now = 1 - 0.5f * FloatOps.pow(0.96f, t);
    float next = 1 - 0.5f * FloatOps.pow(0.96f, t + 1);
    momentNow = beta * now;
    momentNext = beta * next;
    float[] p = built(product).values();
    p[0] = next(p[0], t);
    inverseNow = 1 / (1 - p[0]);
    inverseNext = 1 / (1 - p[0] * momentNext);
    inverseVelocity = 1 / (1 - FloatOps.pow((float) beta2, t));
  }

  /** The product after the update t, from the one before. */
  private float next(float productBefore, float t) {
    return productBefore * (float) beta1 * (1 - 0.5f * FloatOps.pow(0.96f, t));
  }

  /** The product follows from the number of updates alone. */
  @Override
  void recoverUntracked() {
    float p = 1;
    for (long t = 1; t <= iterations(); t++) {
      p = next(p, (float) t);
    }

    built(product).values()[0] = p;
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] m = built(momentums).values(variable);
    float[] v = built(velocities).values(variable);
    float take1 = 1 - (float) beta1;
    float take2 = 1 - (float) beta2;
    float share = 1 - momentNow;
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (FloatOps.square(g[i]) - v[i]) * take2;
      float ahead = momentNext * mean * inverseNext + share * g[i] * inverseNow;
      m[i] = mean;
      v[i] = square;
      w[i] -= ahead * learningRate / (FloatOps.sqrt(square * inverseVelocity) + eps);
    }
  }

  /** Collects the arguments of a {@link Nadam}. */
  public static final class Builder extends OptimizerBuilder.Moments<Nadam, Builder> {
    private Builder() {
      super(Nadam.class, Nadam::new);
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
