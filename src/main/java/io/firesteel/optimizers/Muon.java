package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
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

  private final double adamBeta1;
  private final double adamBeta2;
  private final double epsilon;
  private final List<Pattern> excludeLayers;
  private final Number adamLrRatio;
  private final double momentum;
  private final boolean nesterov;
  private final boolean excludeEmbeddings;
  private final @Nullable Double adamWeightDecay;
  private final @Nullable Double rmsRate;
  private final NewtonSchulz newtonSchulz;
  private @Nullable Variable[] momentums = {};
  private @Nullable Variable[] velocities = {};
  private float alpha;

  private Muon(OptimizerArguments arguments) {
    super(arguments);
    this.adamBeta1 = arguments.number("adam_beta_1", 0.9, Argument::belowOne);
    this.adamBeta2 = arguments.number("adam_beta_2", 0.999, Argument::belowOne);
    this.epsilon = arguments.number("epsilon", 1e-7, Argument::nonNegative);
    this.excludeLayers = patterns(arguments);
    double a = arguments.number("muon_a", 3.4445, Argument::finite);
    double b = arguments.number("muon_b", -4.775, Argument::finite);
    double c = arguments.number("muon_c", 2.0315, Argument::finite);
    this.adamLrRatio = arguments.asGiven("adam_lr_ratio", 1L, Argument::nonNegative);
    this.momentum = arguments.number("momentum", 0.95, Argument::belowOne);
    this.newtonSchulz = new NewtonSchulz(a, b, c, arguments.integer("ns_steps", 5, 1));
    this.nesterov = arguments.bool("nesterov", true);
    this.excludeEmbeddings = arguments.bool("exclude_embeddings", true);
    this.adamWeightDecay =
        arguments.nullableNumber("adam_weight_decay", 0.004, Argument::nonNegative);
    this.rmsRate = arguments.nullableNumber("rms_rate", 0.2, Argument::positive);
  }

  private static List<Pattern> patterns(OptimizerArguments arguments) {
    List<String> expressions = arguments.strings("exclude_layers");
    try {
      return expressions.stream().map(Pattern::compile).toList();
    } catch (PatternSyntaxException e) {
      IllegalArgumentException refusal =
          arguments.invalid("exclude_layers", expressions, "regular expressions");
      refusal.initCause(e);
      throw refusal;
    }
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
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    momentums = new Variable[variables.size()];
    velocities = new Variable[variables.size()];
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      if (!variable.overwriteWithGradient()) {
        momentums[i] = addVariableFromReference(variable, "momentum");
        velocities[i] = isMatrix(variable) ? null : addVariableFromReference(variable, "velocity");
      }
    }
  }

  /** Tells whether a variable is updated by Muon's rule rather than Adam's. */
  private boolean isMatrix(Variable variable) {
    String path = variable.path();
    return variable.shape().rank() == 2
        && !(excludeEmbeddings && path.toLowerCase(Locale.ROOT).contains("embedding"))
        && excludeLayers.stream().noneMatch(layer -> layer.matcher(path).find());
  }

  @Override
  protected @Nullable Double weightDecay(Variable variable) {
    return velocities[variableIndex(variable)] == null
        ? super.weightDecay(variable)
        : adamWeightDecay;
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    float rate = learningRate * adamLrRatio.floatValue();
    alpha = Adam.alpha(rate, adamBeta1, adamBeta2, iterations() + 1);
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
      float take1 = (float) (1 - adamBeta1);
      float take2 = (float) (1 - adamBeta2);
      Adam.step(w, g, m, velocity.values(), 0, w.length, alpha, take1, take2, (float) epsilon);
    }
  }

  private void matrixStep(float[] w, float[] g, float[] m, Shape shape, float learningRate) {
    float change = (float) (momentum - 1);
    float keep = (float) momentum;
    boolean ahead = nesterov;
    for (int i = 0; i < w.length; i++) {
      float mean = m[i] + (g[i] + m[i] * change);
      m[i] = mean;
      g[i] = ahead ? g[i] + keep * mean : mean;
    }

    newtonSchulz.apply(g, shape.dim(0), shape.dim(1));
    float size = size(shape);
    float rms = rms();
    for (int i = 0; i < w.length; i++) {
      w[i] -= learningRate * g[i] * size * rms;
    }
  }

  /** Scales an element of an update of a shape, so that Adam's learning rates suit. */
  float adjusted(float update, Shape shape) {
    return update * size(shape) * rms();
  }

  /**
   * Returns the factor of a matrix's size, sqrt(max(rows, columns)); 1 without {@code rms_rate}.
   */
  private float size(Shape shape) {
    return rmsRate == null ? 1 : FloatOps.sqrt(Math.max(shape.dim(0), shape.dim(1)));
  }

  /** The factor {@code rms_rate}, 1 without it. */
  private float rms() {
    return rmsRate == null ? 1 : (float) (double) rmsRate;
  }

  /** Collects the arguments of a {@link Muon}. */
  public static final class Builder extends OptimizerBuilder<Muon, Builder> {
    private Builder() {
      super(Muon.class, Muon::new);
      weightDecay(0.004);
    }

    /** Sets Adam's share of the old momentum that is kept, in [0, 1). */
    public Builder adamBeta1(double value) {
      return set("adam_beta_1", value);
    }

    /** Sets Adam's share of the old mean square that is kept, in [0, 1). */
    public Builder adamBeta2(double value) {
      return set("adam_beta_2", value);
    }

    /** Sets the weight decay of variables that are no matrices, at least 0. */
    public Builder adamWeightDecay(double value) {
      return set("adam_weight_decay", value);
    }

    /** Switches the weight decay of variables that are no matrices off. */
    public Builder noAdamWeightDecay() {
      return set("adam_weight_decay", null);
    }

    /** Sets what Adam adds to the root, at least 0. */
    public Builder epsilon(double value) {
      return set("epsilon", value);
    }

    /** Sets regular expressions; a variable goes to Adam if one is found in its path. */
    public Builder excludeLayers(List<String> values) {
      return set("exclude_layers", values);
    }

    /** Sets whether variables whose path contains "embedding" go to Adam. */
    public Builder excludeEmbeddings(boolean value) {
      return set("exclude_embeddings", value);
    }

    /** Sets the coefficient of X in the Newton-Schulz steps. */
    public Builder muonA(double value) {
      return set("muon_a", value);
    }

    /** Sets the coefficient of A X in the Newton-Schulz steps. */
    public Builder muonB(double value) {
      return set("muon_b", value);
    }

    /** Sets the coefficient of A A X in the Newton-Schulz steps. */
    public Builder muonC(double value) {
      return set("muon_c", value);
    }

    /** Sets the learning rate of Adam, relative to that of matrices, at least 0. */
    public Builder adamLrRatio(double value) {
      return set("adam_lr_ratio", value);
    }

    /** Sets the share of the old momentum of matrices that is kept, in [0, 1). */
    public Builder momentum(double value) {
      return set("momentum", value);
    }

    /** Sets the number of Newton-Schulz steps, at least 1. */
    public Builder nsSteps(int value) {
      return set("ns_steps", value);
    }

    /** Sets whether the gradient is added to the momentum once more. */
    public Builder nesterov(boolean value) {
      return set("nesterov", value);
    }

    /** Sets the root mean square of updates relative to the learning rate, above 0. */
    public Builder rmsRate(double value) {
      return set("rms_rate", value);
    }

    /** Leaves updates of matrices as they are. */
    public Builder noRmsRate() {
      return set("rms_rate", null);
    }
  }
}
