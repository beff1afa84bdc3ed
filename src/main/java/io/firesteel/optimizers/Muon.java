package io.firesteel.optimizers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Descent of matrices by an orthogonalized momentum, and of all other variables by {@link AdamW}.
 *
 * <pre>
 * matrices:  m = m + (g + m * (momentum - 1))
 *            h = g + momentum * m  if nesterov,  else m
 *            w = w - lr * N(h) * sqrt(max(rows, columns)) * rms_rate     or w - lr * N(h) without
 * others:    as Adam with adam_beta_1, adam_beta_2, epsilon, and lr * adam_lr_ratio
 * </pre>
 *
 * <p>N brings the singular values near 1 by {@code ns_steps} Newton-Schulz steps with the
 * coefficients {@code muon_a}, {@code muon_b}, {@code muon_c}. A variable is a matrix if it has two
 * dimensions, no expression of {@code exclude_layers} is found in its path, and its path does not
 * contain "embedding" (in any case of letters) while {@code exclude_embeddings} is set. Weight
 * decay is {@code weight_decay} for matrices and {@code adam_weight_decay} for others, both times
 * the same lr.
 *
 * <p>State: for each variable {@code momentum}, and {@code velocity} after it if it is not a
 * matrix.
 *
 * <p>Paper: <a href="https://kellerjordan.github.io/posts/muon">Jordan, 2024</a>; rms_rate: <a
 * href="https://arxiv.org/abs/2502.16982">Liu et al., 2025</a>.
 *
 * <p>Row-sparse gradients: all rows are visited, as momentums decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/muon.py}. Stricter than Keras: momentum and
 * both betas in [0, 1), epsilon, adam_lr_ratio and adam_weight_decay at least 0, rms_rate above 0,
 * ns_steps at least 1.
 */
public final class Muon extends BaseOptimizer {

  private final MuonArguments arguments;
  private final NewtonSchulz newtonSchulz;
  private @Nullable Variable[] momentums = {};
  private @Nullable Variable[] velocities = {};
  private float alpha;

  private Muon(Builder builder) {
    super(builder);
    this.arguments = MuonArguments.of(builder);
    this.newtonSchulz = new NewtonSchulz(builder.a, builder.b, builder.c, (int) builder.nsSteps);
  }

  /**
   * Returns a builder with Keras's defaults: learning rate 0.001, weight decays 0.004, momentum
   * 0.95.
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Muon fromConfig(Config config) {
    return builder().read(config.reader("Muon")).build();
  }

  @Override
  public void build(List<Variable> variables) {
    if (isBuilt()) {
      return;
    }

    super.build(variables);
    momentums = new Variable[variables.size()];
    velocities = new Variable[variables.size()];
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      if (!variable.overwriteWithGradient()) {
        momentums[i] = addVariableFromReference(variable, "momentum");
        velocities[i] =
            arguments.isMatrix(variable) ? null : addVariableFromReference(variable, "velocity");
      }
    }
  }

  @Override
  protected @Nullable Double weightDecay(Variable variable) {
    return velocities[variableIndex(variable)] == null
        ? super.weightDecay(variable)
        : arguments.adamWeightDecay();
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    float rate = learningRate * arguments.adamLrRatio().floatValue();
    alpha =
        AdaptiveMoments.alpha(rate, arguments.adamBeta1(), arguments.adamBeta2(), iterations() + 1);
  }

  @Override
  protected void updateStep(Tensor gradient, Variable variable, float learningRate) {
    float[] w = variable.values();
    float[] g = gradient.values();
    float[] m = built(momentums[variableIndex(variable)]).values();
    Variable velocity = velocities[variableIndex(variable)];
    if (velocity == null) {
      matrixStep(w, g, m, variable.shape(), learningRate);
    } else {
      adamStep(w, g, m, velocity.values());
    }
  }

  private void adamStep(float[] w, float[] g, float[] m, float[] v) {
    float rate = alpha;
    float take1 = (float) (1 - arguments.adamBeta1());
    float take2 = (float) (1 - arguments.adamBeta2());
    float eps = (float) arguments.epsilon();
    for (int i = 0; i < w.length; i++) {
      float mean = m[i] + (g[i] - m[i]) * take1;
      float square = v[i] + (g[i] * g[i] - v[i]) * take2;
      m[i] = mean;
      v[i] = square;
      w[i] -= mean * rate / (FloatOps.sqrt(square) + eps);
    }
  }

  private void matrixStep(float[] w, float[] g, float[] m, Shape shape, float learningRate) {
    float change = (float) (arguments.momentum() - 1);
    float keep = (float) arguments.momentum();
    for (int i = 0; i < w.length; i++) {
      float mean = m[i] + (g[i] + m[i] * change);
      m[i] = mean;
      g[i] = arguments.nesterov() ? g[i] + keep * mean : mean;
    }

    newtonSchulz.apply(g, shape.dim(0), shape.dim(1));
    for (int i = 0; i < w.length; i++) {
      w[i] -= adjusted(learningRate * g[i], shape);
    }
  }

  /** Scales an element of an update of a shape, so that Adam's learning rates suit. */
  float adjusted(float update, Shape shape) {
    Double rmsRate = arguments.rmsRate();
    return rmsRate == null
        ? update
        : update * FloatOps.sqrt(Math.max(shape.dim(0), shape.dim(1))) * (float) (double) rmsRate;
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder().putAll(arguments.toConfig()).build();
  }

  /** Collects the arguments of a {@link Muon}. */
  public static final class Builder extends OptimizerBuilder<Builder> {
    double adamBeta1 = 0.9;
    double adamBeta2 = 0.999;
    @Nullable Double adamWeightDecay = 0.004;
    double epsilon = 1e-7;
    List<String> excludeLayers = List.of();
    boolean excludeEmbeddings = true;
    double a = 3.4445;
    double b = -4.775;
    double c = 2.0315;
    Number adamLrRatio = 1L;
    double momentum = 0.95;
    long nsSteps = 5;
    boolean nesterov = true;
    @Nullable Double rmsRate = 0.2;

    private Builder() {
      super(0.001);
      weightDecay(0.004);
    }

    /** Sets Adam's share of the old momentum that is kept, in [0, 1). */
    public Builder adamBeta1(double value) {
      this.adamBeta1 = value;
      return this;
    }

    /** Sets Adam's share of the old mean square that is kept, in [0, 1). */
    public Builder adamBeta2(double value) {
      this.adamBeta2 = value;
      return this;
    }

    /** Sets the weight decay of variables that are no matrices, at least 0. */
    public Builder adamWeightDecay(double value) {
      this.adamWeightDecay = value;
      return this;
    }

    /** Switches the weight decay of variables that are no matrices off. */
    public Builder noAdamWeightDecay() {
      this.adamWeightDecay = null;
      return this;
    }

    /** Sets what Adam adds to the root, at least 0. */
    public Builder epsilon(double value) {
      this.epsilon = value;
      return this;
    }

    /** Sets regular expressions; a variable goes to Adam if one is found in its path. */
    public Builder excludeLayers(List<String> values) {
      this.excludeLayers = List.copyOf(values);
      return this;
    }

    /** Sets whether variables whose path contains "embedding" go to Adam. */
    public Builder excludeEmbeddings(boolean value) {
      this.excludeEmbeddings = value;
      return this;
    }

    /** Sets the coefficient of X in the Newton-Schulz steps. */
    public Builder muonA(double value) {
      this.a = value;
      return this;
    }

    /** Sets the coefficient of A X in the Newton-Schulz steps. */
    public Builder muonB(double value) {
      this.b = value;
      return this;
    }

    /** Sets the coefficient of A A X in the Newton-Schulz steps. */
    public Builder muonC(double value) {
      this.c = value;
      return this;
    }

    /** Sets the learning rate of Adam, relative to that of matrices, at least 0. */
    public Builder adamLrRatio(double value) {
      this.adamLrRatio = value;
      return this;
    }

    /** Sets the share of the old momentum of matrices that is kept, in [0, 1). */
    public Builder momentum(double value) {
      this.momentum = value;
      return this;
    }

    /** Sets the number of Newton-Schulz steps, at least 1. */
    public Builder nsSteps(int value) {
      this.nsSteps = value;
      return this;
    }

    /** Sets whether the gradient is added to the momentum once more. */
    public Builder nesterov(boolean value) {
      this.nesterov = value;
      return this;
    }

    /** Sets the root mean square of updates relative to the learning rate, above 0. */
    public Builder rmsRate(double value) {
      this.rmsRate = value;
      return this;
    }

    /** Leaves updates of matrices as they are. */
    public Builder noRmsRate() {
      this.rmsRate = null;
      return this;
    }

    @Override
    public Builder read(ConfigReader reader) {
      MuonArguments.read(reader, this);
      return super.read(reader);
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Muon build() {
      return new Muon(this);
    }
  }
}
