package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gradient descent with adaptive moments: what {@link Adam} and {@link AdamW} share.
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
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adam.py}. Stricter than Keras: both betas in
 * [0, 1), epsilon at least 0.
 */
abstract class AdaptiveMoments extends LazyMoments {

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
  private @Nullable Slots momentums;
  private @Nullable Slots velocities;
  private @Nullable Slots velocityHats;
  private float alpha;

  AdaptiveMoments(Arguments<?> arguments) {
    super(arguments);
    String owner = getClass().getSimpleName();
    this.beta1 = Argument.belowOne(owner, "beta_1", arguments.beta1);
    this.beta2 = Argument.belowOne(owner, "beta_2", arguments.beta2);
    this.epsilon = Argument.nonNegative(owner, "epsilon", arguments.epsilon);
    this.amsgrad = arguments.amsgrad;
  }

  @Override
  public void build(List<Variable> variables) {
    if (isBuilt()) {
      return;
    }

    super.build(variables);
    List<Slots> slots = addOptimizerVariables(variables, "momentum", "velocity");
    momentums = slots.get(0);
    velocities = slots.get(1);
    if (amsgrad) {
      velocityHats = addOptimizerVariables(variables, "velocity_hat").get(0);
    }
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    alpha = alpha(learningRate, beta1, beta2, iterations() + 1);
  }

  /** The rate with both bias corrections. */
  static float alpha(float learningRate, double beta1, double beta2, long t) {
    float beta1Power = FloatOps.pow((float) beta1, t);
    float beta2Power = FloatOps.pow((float) beta2, t);
    return learningRate * FloatOps.sqrt(1 - beta2Power) / (1 - beta1Power);
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] m = built(momentums).values(variable);
    float[] v = built(velocities).values(variable);
    if (velocityHats == null) {
      plainStep(w, g, m, v, from, to);
    } else {
      amsgradStep(w, g, m, v, velocityHats.values(variable), from, to);
    }
  }

  private void plainStep(float[] w, float[] g, float[] m, float[] v, int from, int to) {
    float rate = alpha;
    float take1 = (float) (1 - beta1);
    float take2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (g[i] * g[i] - v[i]) * take2;
      m[i] = mean;
      v[i] = square;
      w[i] -= mean * rate / (FloatOps.sqrt(square) + eps);
    }
  }

  private void amsgradStep(
      float[] w, float[] g, float[] m, float[] v, float[] h, int from, int to) {
    float rate = alpha;
    float take1 = (float) (1 - beta1);
    float take2 = (float) (1 - beta2);
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (g[i] * g[i] - v[i]) * take2;
      float largest = Math.max(h[i], square);
      m[i] = mean;
      v[i] = square;
      h[i] = largest;
      w[i] -= mean * rate / (FloatOps.sqrt(largest) + eps);
    }
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("beta_1", beta1)
        .put("beta_2", beta2)
        .put("epsilon", epsilon)
        .put("amsgrad", amsgrad)
        .build();
  }

  /**
   * Collects their arguments.
   *
   * @param <B> the concrete builder
   */
  abstract static class Arguments<B extends Arguments<B>> extends LazyBuilder<B> {
    private boolean amsgrad;

    Arguments() {
      super(0.001, 1e-7);
    }

    /** Sets whether the largest mean square so far is used. */
    public B amsgrad(boolean value) {
      this.amsgrad = value;
      return self();
    }

    @Override
    public B read(ConfigReader reader) {
      amsgrad(reader.bool("amsgrad", amsgrad));
      return super.read(reader);
    }
  }
}
