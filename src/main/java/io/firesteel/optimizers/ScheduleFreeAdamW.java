package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Adam} that averages what it passed through, and so needs no falling learning rate.
 *
 * <pre>
 * t = iterations + 1
 * lr = lr * min(t / warmup_steps, 1)             if warmup_steps is above 0
 * v = v + (g^2 - v) * (1 - beta_2)
 * x = (w - (1 - beta_1) * z) / beta_1
 * z = z - lr * g / (sqrt(v / (1 - beta_2^t)) + epsilon)
 * x = (1 - 1 / t) * x + 1 / t * z
 * w = (1 - beta_1) * z + beta_1 * x
 * </pre>
 *
 * <p>Gradients are taken at w, steps are made from z, and x is the average, which the paper has
 * evaluated. As in Keras, the model holds w, also when it is evaluated and saved, and after
 * training. x is what {@link #evaluationValues} returns (the moving average instead where {@code
 * use_ema} is set), and the callback {@code SwapEMAWeights} validates with it. An addition to
 * Keras.
 *
 * <p>State: {@code momentum}, which is z and starts as a copy of the variable, and {@code velocity}
 * for each variable.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/2405.15682">Defazio et al., 2024</a>. Differs from the
 * paper's code: each step has the same weight in the average, and weight decay acts on w alone.
 *
 * <p>Row-sparse gradients: all rows are visited, as averages move.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/schedule_free_adamw.py}, on JAX; on TensorFlow
 * and PyTorch, the new z takes the place of the old one in x. Stricter than Keras: beta_1 in (0,
 * 1], beta_2 in [0, 1), epsilon and warmup_steps at least 0.
 */
public final class ScheduleFreeAdamW extends ElementwiseOptimizer {

  /*
   * Both 1 - beta are formed in float32, as in Keras. Dividing a tensor by a number is multiplying
   * by its rounded inverse, as XLA does it.
   */
  private final double beta1;
  private final double beta2;
  private final double epsilon;
  private final int warmupSteps;
  private @Nullable OptimizerVariables momentums;
  private @Nullable OptimizerVariables velocities;
  private float rate;
  private float weight;
  private float inverseVelocity;

  private ScheduleFreeAdamW(OptimizerArguments arguments) {
    super(arguments);
    this.beta1 = arguments.number("beta_1", 0.9, Argument::unitAboveZero);
    this.beta2 = arguments.number("beta_2", 0.999, Argument::belowOne);
    this.epsilon = arguments.number("epsilon", 1e-8, Argument::nonNegative);
    this.warmupSteps = arguments.integer("warmup_steps", 0, 0);
  }

  /**
   * Returns a builder with Keras's defaults: learning rate 0.0025, betas 0.9 and 0.999, epsilon
   * 1e-8.
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static ScheduleFreeAdamW fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    List<OptimizerVariables> slots = addOptimizerVariables(variables, "momentum", "velocity");
    momentums = slots.get(0);
    velocities = slots.get(1);
    for (Variable variable : variables) {
      if (!variable.overwriteWithGradient()) {
        momentums.of(variable).assign(variable.values());
      }
    }
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    float t = iterations() + 1;
    rate = warmupSteps > 0 ? learningRate * Math.min(t / warmupSteps, 1) : learningRate;
    weight = 1 / t;
    inverseVelocity = 1 / (1 - FloatOps.pow((float) beta2, t));
  }

  @Override
  protected void updateRange(float[] g, Variable variable, int from, int to, float learningRate) {
    float[] w = variable.values();
    float[] z = built(momentums).values(variable);
    float[] v = built(velocities).values(variable);
    float beta = (float) beta1;
    float inverse = 1 / beta;
    float take1 = 1 - beta;
    float take2 = 1 - (float) beta2;
    float rest = 1 - weight;
    float eps = (float) epsilon;
    for (int i = from; i < to; i++) {
      float square = v[i] + (FloatOps.square(g[i]) - v[i]) * take2;
      float mean = (w[i] - take1 * z[i]) * inverse;
      float point = z[i] - rate * g[i] / (FloatOps.sqrt(square * inverseVelocity) + eps);
      mean = rest * mean + weight * point;
      v[i] = square;
      z[i] = point;
      w[i] = take1 * point + beta * mean;
    }
  }

  @Override
  public boolean hasEvaluationValues() {
    return true;
  }

  @Override
  public float[] evaluationValues(Variable variable) {
    boolean averaged = super.hasEvaluationValues() || variable.overwriteWithGradient();
    return averaged ? super.evaluationValues(variable) : mean(variable);
  }

  private float[] mean(Variable variable) {
    float[] z = built(momentums).values(variable);
    float[] x = variable.values().clone();
    float beta = (float) beta1;
    float inverse = 1 / beta;
    float take = 1 - beta;
    for (int i = 0; i < x.length; i++) {
      x[i] = (x[i] - take * z[i]) * inverse;
    }

    return x;
  }

  /** Collects the arguments of a {@link ScheduleFreeAdamW}. */
  public static final class Builder extends OptimizerBuilder.Moments<ScheduleFreeAdamW, Builder> {
    private Builder() {
      super(ScheduleFreeAdamW.class, ScheduleFreeAdamW::new);
      learningRate(0.0025);
    }

    /** Sets the share of the average in w, in (0, 1]. */
    @Override
    public Builder beta1(double value) {
      return super.beta1(value);
    }

    /** Sets over how many updates the rate rises from 0, at least 0. */
    public Builder warmupSteps(int value) {
      return set("warmup_steps", value);
    }
  }
}
