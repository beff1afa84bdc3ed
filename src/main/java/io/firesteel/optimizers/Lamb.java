package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Adam} whose steps are scaled, for each variable, to the variable's norm.
 *
 * <pre>
 * t = iterations + 1
 * m = m + (g - m) * (1 - beta_1)
 * v = v + (g^2 - v) * (1 - beta_2)
 * u = m / (1 - beta_1^t) / (sqrt(v / (1 - beta_2^t)) + epsilon)
 * r = |w| / |u|  if both norms are above 0,  else 1
 * w = w - r * lr * u
 * </pre>
 *
 * <p>State: {@code momentum} and {@code velocity} for each variable.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1904.00962">You et al., 2019</a>. Differs from the
 * paper: the ratio is not limited, and weight decay is not part of u but comes before the step.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/lamb.py}. Differs from Keras: {@code lamb} is
 * registered. Stricter than Keras: both betas in [0, 1), epsilon at least 0.
 */
public final class Lamb extends NormScaledOptimizer {

  /* Dividing a tensor by a number is multiplying by its rounded inverse, as XLA does it. */
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private @Nullable OptimizerVariables momentums;
  private @Nullable OptimizerVariables velocities;
  private float inverse1;
  private float inverse2;

  private Lamb(OptimizerArguments arguments) {
    super(arguments);
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
  public static Lamb fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots = addOptimizerVariables(variables, "momentum", "velocity");
    momentums = slots.get(0);
    velocities = slots.get(1);
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    float t = iterations() + 1;
    inverse1 = 1 / (1 - FloatOps.pow((float) beta1, t));
    inverse2 = 1 / (1 - FloatOps.pow((float) beta2, t));
  }

  @Override
  void makeUpdates(float[] g, Variable variable, int from, int to) {
    float[] m = built(momentums).values(variable);
    float[] v = built(velocities).values(variable);
    float take1 = (float) (1 - beta1);
    float take2 = (float) (1 - beta2);
    float unbias1 = inverse1;
    float unbias2 = inverse2;
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (FloatOps.square(g[i]) - v[i]) * take2;
      m[i] = mean;
      v[i] = square;
      g[i] = mean * unbias1 / (FloatOps.sqrt(square * unbias2) + eps);
    }
  }

  @Override
  float rate(Variable variable, float squares, float updateSquares, float learningRate) {
    float norm = FloatOps.sqrt(squares);
    float updateNorm = FloatOps.sqrt(updateSquares);
    float ratio = norm > 0 && updateNorm > 0 ? norm / updateNorm : 1;
    return ratio * learningRate;
  }

  /** Collects the arguments of a {@link Lamb}. */
  public static final class Builder extends OptimizerBuilder.Moments<Lamb, Builder> {
    private Builder() {
      super(Lamb.class, Lamb::new);
    }
  }
}
