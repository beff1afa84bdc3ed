package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent with adaptive moments.
 *
 * <pre>
 * t = iterations + 1
 * alpha = lr * sqrt(1 - beta_2^t) / (1 - beta_1^t)
 * m = m + (g - m) * (1 - beta_1)
 * v = v + (g^2 - v) * (1 - beta_2)
 * h = max(h, v)  if amsgrad,  else v
 * w = w - m * alpha / (sqrt(h) + epsilon)
 * </pre>
 *
 * <p>State: {@code momentum} and {@code velocity} for each variable; then {@code velocity_hat} for
 * each, if amsgrad.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, 2014</a>. Differs from the
 * paper: epsilon is added to the uncorrected root (the paper's "epsilon hat").
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay; if {@code lazy} is set, only
 * touched rows, and the result is another (TensorFlow Addons' LazyAdam). Keras refuses a config
 * with that key, which is only there if it is set.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adam.py}. Stricter than Keras: both betas in
 * [0, 1), epsilon at least 0.
 */
public class Adam extends ElementwiseOptimizer {

  /*
   * The casts stand where Keras puts them: 1 - beta is formed in double and rounded once, while
   * 1 - beta^t is formed in float32, which costs up to five digits while beta_2^t is near 1.
   * beta^t is taken in double and rounded; this equals JAX's float32 power but for an ulp at rare t,
   * and for powers below the smallest normal float, which vanish from 1 - beta^t in both.
   */
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final boolean amsgrad;
  private @Nullable OptimizerVariables momentums;
  private @Nullable OptimizerVariables velocities;
  private @Nullable OptimizerVariables velocityHats;
  private float alpha;

  Adam(OptimizerArguments arguments) {
    super(arguments, arguments.flag(LAZY));
    this.beta1 = arguments.number("beta_1", 0.9, Argument::belowOne);
    this.beta2 = arguments.number("beta_2", 0.999, Argument::belowOne);
    this.epsilon = arguments.number("epsilon", 1e-7, Argument::nonNegative);
    this.amsgrad = arguments.bool("amsgrad", false);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, betas 0.9 and 0.999. */
  public static Builder<? extends Adam, ?> builder() {
    return new PlainBuilder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Adam fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected final void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots = addOptimizerVariables(variables, "momentum", "velocity");
    momentums = slots.get(0);
    velocities = slots.get(1);
    if (amsgrad) {
      velocityHats = addOptimizerVariables(variables, "velocity_hat");
    }
  }

  @Override
  protected final void beforeUpdateSteps(float learningRate) {
    alpha = alpha(learningRate, beta1, beta2, iterations() + 1);
  }

  /** The rate with both bias corrections. */
  static float alpha(float learningRate, double beta1, double beta2, long t) {
    float beta1Power = FloatOps.pow((float) beta1, (float) t);
    float beta2Power = FloatOps.pow((float) beta2, (float) t);
    return learningRate * FloatOps.sqrt(1 - beta2Power) / (1 - beta1Power);
  }

  @Override
  protected final void updateRange(
      float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] m = built(momentums).values(variable);
    float[] v = built(velocities).values(variable);
    float take1 = (float) (1 - beta1);
    float take2 = (float) (1 - beta2);
    if (velocityHats == null) {
      step(w, g, m, v, from, to, alpha, take1, take2, (float) epsilon);
    } else {
      float[] h = velocityHats.values(variable);
      amsgradStep(w, g, m, v, h, from, to, alpha, take1, take2, (float) epsilon);
    }
  }

  /** The rule, for some elements. */
  static void step(
      float[] w,
      float[] g,
      float[] m,
      float[] v,
      int from,
      int to,
      float rate,
      float take1,
      float take2,
      float eps) {
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (FloatOps.square(g[i]) - v[i]) * take2;
      m[i] = mean;
      v[i] = square;
      w[i] -= mean * rate / (FloatOps.sqrt(square) + eps);
    }
  }

  private static void amsgradStep(
      float[] w,
      float[] g,
      float[] m,
      float[] v,
      float[] h,
      int from,
      int to,
      float rate,
      float take1,
      float take2,
      float eps) {
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (FloatOps.square(g[i]) - v[i]) * take2;
      float largest = Math.max(h[i], square);
      m[i] = mean;
      v[i] = square;
      h[i] = largest;
      w[i] -= mean * rate / (FloatOps.sqrt(largest) + eps);
    }
  }

  /**
   * Collects the arguments of an {@link Adam} or {@link AdamW}.
   *
   * @param <O> the optimizer
   * @param <B> the concrete builder
   */
  public abstract static class Builder<O extends Adam, B extends Builder<O, B>>
      extends OptimizerBuilder.Moments<O, B> {

    Builder(Class<O> type, Function<OptimizerArguments, O> constructor) {
      super(type, constructor);
    }

    /** Sets whether the largest mean square so far is used. */
    public B amsgrad(boolean value) {
      return set("amsgrad", value);
    }

    /**
     * Sets whether row-sparse gradients update only the rows that they touch, see {@link
     * ElementwiseOptimizer}; not together with {@code gradientAccumulationSteps}. An addition to
     * Keras, which refuses configs where it is set.
     */
    public B lazy(boolean value) {
      return set(LAZY, value);
    }
  }

  private static final class PlainBuilder extends Builder<Adam, PlainBuilder> {
    PlainBuilder() {
      super(Adam.class, Adam::new);
    }
  }
}
