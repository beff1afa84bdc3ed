package io.firesteel.optimizers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Scales the loss for another optimizer, by a factor that is halved when a gradient is not finite
 * and doubled after {@code dynamic_growth_steps} steps without that.
 *
 * <p>A step with a gradient that is NaN or infinite changes nothing but the scale: it is not
 * counted by the inner optimizer. Gradients are divided by the scale that the loss was multiplied
 * with. The inner optimizer's own {@code loss_scale_factor} is switched off. Learning rate,
 * iterations and averages are the inner optimizer's.
 *
 * <p>State: {@code iteration} and {@code learning_rate}, both unused, {@code step_counter}, {@code
 * dynamic_scale}; then that of the inner optimizer, but for what Keras leaves out of the state
 * inside of this wrapper: the number of {@link Nadam}, which follows from the number of updates,
 * and the unused integers of {@link Adafactor}.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/loss_scale_optimizer.py}. Differs from Keras:
 * the scale stays between 2^-126 and 2^126, where it and its inverse are exact; in Keras it can
 * become infinite, and no step is made after that. On JAX, Keras forgets the number of {@code
 * Nadam} after each step inside of this wrapper, so that it takes mu(t) for the product of all mu;
 * here the product is that of {@code Nadam} alone. Stricter than Keras: {@code initial_scale} above
 * 0, {@code dynamic_growth_steps} at least 1.
 */
public final class LossScaleOptimizer implements Optimizer {

  private static final String OWNER = "LossScaleOptimizer";
  private static final float LEAST_SCALE = 0x1p-126f;
  private static final float LARGEST_SCALE = 0x1p126f;

  /** What old files hold of the arguments that it doesn't have. */
  private static final Config IGNORED =
      Config.parse(
          """
          {"dynamic": true, "weight_decay": null, "clipnorm": null, "global_clipnorm": null,
           "clipvalue": null, "use_ema": false, "ema_momentum": 0.99,
           "ema_overwrite_frequency": null, "loss_scale_factor": null,
           "gradient_accumulation_steps": null}
          """);

  private final String name;
  private final Optimizer inner;
  private final double initialScale;
  private final int dynamicGrowthSteps;
  private final Variable iteration;
  private final Variable learningRate;
  private final Variable stepCounter;
  private final Variable dynamicScale;
  private boolean built;

  private LossScaleOptimizer(Builder builder) {
    this.name = builder.name == null ? KerasNames.snakeCase(OWNER) : builder.name;
    this.inner = builder.inner;
    this.initialScale = Argument.positive(OWNER, "initial_scale", builder.initialScale);
    this.dynamicGrowthSteps =
        Argument.size(OWNER, "dynamic_growth_steps", 1, builder.dynamicGrowthSteps);
    requireOwnScaleOff(inner);
    this.iteration = Variable.integer("iteration", name + "/iteration", 0);
    this.learningRate = Variable.zeros("learning_rate", name + "/learning_rate", Shape.scalar());
    this.stepCounter = Variable.integer("step_counter", name + "/step_counter", 0);
    this.dynamicScale = Variable.zeros("dynamic_scale", name + "/dynamic_scale", Shape.scalar());
    dynamicScale.values()[0] = (float) initialScale;
  }

  private static void requireOwnScaleOff(Optimizer inner) {
    if (inner instanceof BaseOptimizer base) {
      base.lossScaleFactor(null);
    } else if (inner instanceof MultiOptimizer multi) {
      multi.lossScaleFactor(null);
    } else if (inner.lossScale() != 1) {
      throw Argument.invalid(
          OWNER, "inner_optimizer", inner.name(), "an optimizer that does not scale the loss");
    }
  }

  /** Returns a builder with Keras's defaults: initial scale 32768, doubled after 2000 steps. */
  public static Builder builder(Optimizer inner) {
    return new Builder(inner);
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default, but for {@code
   * inner_optimizer}.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static LossScaleOptimizer fromConfig(Config config) {
    ConfigReader reader = config.reader(OWNER);
    for (String key : IGNORED.keys()) {
      Object allowed = IGNORED.get(key);
      Object value = reader.seen(key) ? reader.any(key) : allowed;
      if (allowed == null ? value != null : !allowed.equals(value)) {
        throw reader.invalid(key, allowed + " or absent; it belongs to the inner optimizer");
      }
    }

    Builder builder = builder(Optimizers.deserialize(reader.config("inner_optimizer")));
    builder.name = reader.nullableString("name");
    builder.initialScale = reader.number("initial_scale", builder.initialScale);
    builder.dynamicGrowthSteps = reader.integer("dynamic_growth_steps", builder.dynamicGrowthSteps);
    reader.finish();
    return builder.build();
  }

  /** Returns the optimizer that makes the steps. */
  public Optimizer innerOptimizer() {
    return inner;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void build(List<Variable> variables) {
    inner.build(variables);
    built = true;
  }

  @Override
  public boolean isBuilt() {
    return built;
  }

  @Override
  public void applyGradients(List<GradAndVar> gradsAndVars) {
    if (gradsAndVars.isEmpty()) {
      return;
    }

    if (!built) {
      build(gradsAndVars.stream().map(GradAndVar::variable).toList());
    }

    if (areFinite(gradsAndVars)) {
      List<GradAndVar> summed = StepGradients.sumDuplicates(gradsAndVars);
      unscale(summed);
      inner.applyGradients(summed);
      countFinite();
    } else {
      stepCounter.assign(0);
      scale(Math.max(0.5f * lossScale(), LEAST_SCALE));
    }
  }

  private static boolean areFinite(List<GradAndVar> gradsAndVars) {
    for (int i = 0; i < gradsAndVars.size(); i++) {
      Gradient gradient = gradsAndVars.get(i).gradient();
      if (gradient != null && !NonFiniteGradients.Check.isFinite(gradient)) {
        return false;
      }
    }

    return true;
  }

  private void unscale(List<GradAndVar> gradsAndVars) {
    for (int i = 0; i < gradsAndVars.size(); i++) {
      Gradient gradient = gradsAndVars.get(i).gradient();
      if (gradient != null && !gradsAndVars.get(i).variable().overwriteWithGradient()) {
        FloatOps.divide(gradient.values(), lossScale());
      }
    }
  }

  private void countFinite() {
    if (stepCounter.integer() == dynamicGrowthSteps - 1) {
      stepCounter.assign(0);
      scale(Math.min(2 * lossScale(), LARGEST_SCALE));
    } else {
      stepCounter.assign(stepCounter.integer() + 1);
    }
  }

  private void scale(float value) {
    dynamicScale.values()[0] = value;
  }

  @Override
  public List<Variable> variables() {
    return allVariables().stream().filter(this::isTracked).toList();
  }

  private List<Variable> allVariables() {
    List<Variable> variables = new ArrayList<>();
    variables.add(iteration);
    variables.add(learningRate);
    if (built) {
      variables.add(stepCounter);
      variables.add(dynamicScale);
    }

    variables.addAll(inner.variables());
    return variables;
  }

  private List<BaseOptimizer> innermost() {
    if (inner instanceof MultiOptimizer multi) {
      return multi.optimizers();
    }

    return inner instanceof BaseOptimizer base ? List.of(base) : List.of();
  }

  private boolean isTracked(Variable variable) {
    return innermost().stream().noneMatch(optimizer -> optimizer.isUntracked(variable));
  }

  /**
   * {@inheritDoc}
   *
   * <p>A state that holds all variables of the inner optimizer is taken, too.
   */
  @Override
  public void loadVariables(List<Variable> saved) {
    List<Variable> all = allVariables();
    boolean whole = saved.size() == all.size();
    OptimizerVariables.State.load(this, whole ? all : variables(), saved);
    if (!whole) {
      innermost().forEach(BaseOptimizer::recoverUntracked);
    }
  }

  @Override
  public long iterations() {
    return inner.iterations();
  }

  @Override
  public boolean hasLearningRate() {
    return inner.hasLearningRate();
  }

  @Override
  public float learningRate() {
    return inner.learningRate();
  }

  @Override
  public void setLearningRate(double value) {
    inner.setLearningRate(value);
  }

  @Override
  public float lossScale() {
    return dynamicScale.values()[0];
  }

  @Override
  public boolean hasEvaluationValues() {
    return inner.hasEvaluationValues();
  }

  @Override
  public float[] evaluationValues(Variable variable) {
    return inner.evaluationValues(variable);
  }

  @Override
  public void finalizeVariableValues(List<Variable> variables) {
    inner.finalizeVariableValues(variables);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put("name", name)
        .put("inner_optimizer", Optimizers.serialize(inner))
        .put("initial_scale", initialScale)
        .put("dynamic_growth_steps", dynamicGrowthSteps)
        .build();
  }

  /** Collects the arguments of a {@link LossScaleOptimizer}. */
  public static final class Builder {
    private final Optimizer inner;
    private double initialScale = 32768;
    private long dynamicGrowthSteps = 2000;
    private @Nullable String name;

    private Builder(Optimizer inner) {
      this.inner = inner;
    }

    /** Sets the scale of the first step, above 0. */
    public Builder initialScale(double value) {
      this.initialScale = value;
      return this;
    }

    /** Sets after how many finite steps, at least 1, the scale is doubled. */
    public Builder dynamicGrowthSteps(int value) {
      this.dynamicGrowthSteps = value;
      return this;
    }

    /** Sets the name; the class name in snake case unless set. */
    public Builder name(String value) {
      this.name = value;
      return this;
    }

    /**
     * Returns the optimizer, and switches the inner optimizer's own loss scale off.
     *
     * @throws IllegalArgumentException if an argument is out of its range
     */
    public LossScaleOptimizer build() {
      return new LossScaleOptimizer(this);
    }
  }
}
