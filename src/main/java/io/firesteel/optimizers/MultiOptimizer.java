package io.firesteel.optimizers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Leaves each variable to one of several optimizers, which an {@link OptimizerMap} or a function
 * names.
 *
 * <p>Clipping by the global norm, weight decay, averages and accumulation are those of each inner
 * optimizer, for its own variables. The loss scale is this optimizer's, and replaces theirs. There
 * is no common learning rate: it is read and set on the inner {@link #optimizers}.
 *
 * <p>State: {@code iteration}, which counts steps, and {@code learning_rate}, which is unused; then
 * that of each inner optimizer, the default one last. An inner optimizer without variables has a
 * counter and a rate all the same.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/multi_optimizer.py}. Stricter than Keras:
 * nothing is changed by a step that one of the inner optimizers would refuse.
 */
public final class MultiOptimizer implements Optimizer {

  private static final String OWNER = "MultiOptimizer";

  private final String name;
  private final @Nullable OptimizerMap map;
  private final Function<Variable, ? extends @Nullable BaseOptimizer> selector;
  private final OptimizerGroups groups;
  private final Variable iteration;
  private final Variable learningRate;
  private @Nullable Double lossScaleFactor;

  private MultiOptimizer(Builder builder) {
    this.name = builder.name == null ? KerasNames.snakeCase(OWNER) : builder.name;
    this.map = builder.map;
    this.selector = builder.selector;
    this.lossScaleFactor = builder.lossScaleFactor;
    if (lossScaleFactor != null) {
      Argument.positive(OWNER, "loss_scale_factor", lossScaleFactor);
    }

    this.groups = new OptimizerGroups(name);
    if (map != null) {
      map.optimizers().forEach(groups::add);
      groups.add(map.defaultOptimizer());
    }

    lossScaleFactor(lossScaleFactor);
    this.iteration = Variable.integer("iteration", name + "/iteration", 0);
    this.learningRate = Variable.zeros("learning_rate", name + "/learning_rate", Shape.scalar());
  }

  /** Returns a builder with the optimizers by the paths of variables. */
  public static Builder builder(OptimizerMap map) {
    return new Builder(map, map::optimizer);
  }

  /** Returns a builder with a function, which is asked once for each variable. It is not saved. */
  public static Builder builder(Function<Variable, ? extends @Nullable BaseOptimizer> selector) {
    return new Builder(null, selector);
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default, but for {@code
   * optimizer_map}.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is refused
   */
  public static MultiOptimizer fromConfig(Config config) {
    ConfigReader reader = config.reader(OWNER);
    Config serialized = reader.config("optimizer_map");
    if (!"OptimizerMap".equals(serialized.get("class_name"))) {
      throw reader.invalid(
          "optimizer_map", "a serialized OptimizerMap (a function cannot be rebuilt)");
    }

    Builder builder =
        builder(OptimizerMap.fromConfig(serialized.reader("OptimizerMap").config("config")));
    builder.lossScaleFactor = reader.nullableNumber("loss_scale_factor", null);
    builder.name = reader.nullableString("name");
    reader.finish();
    return builder.build();
  }

  /** Returns the inner optimizers, in the order of the state. */
  public List<BaseOptimizer> optimizers() {
    return groups.optimizers();
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void build(List<Variable> variables) {
    groups.build(variables, selector);
    lossScaleFactor(lossScaleFactor);
  }

  @Override
  public boolean isBuilt() {
    return groups.isBuilt();
  }

  @Override
  public void applyGradients(List<GradAndVar> gradsAndVars) {
    if (gradsAndVars.isEmpty()) {
      return;
    }

    if (!isBuilt()) {
      build(gradsAndVars.stream().map(GradAndVar::variable).toList());
    }

    groups.apply(gradsAndVars);
    iteration.assign(iteration.integer() + 1);
  }

  @Override
  public List<Variable> variables() {
    List<Variable> variables = new ArrayList<>();
    variables.add(iteration);
    variables.add(learningRate);
    optimizers().forEach(optimizer -> variables.addAll(optimizer.variables()));
    return List.copyOf(variables);
  }

  @Override
  public void loadVariables(List<Variable> saved) {
    OptimizerVariables.State.load(this, saved);
  }

  @Override
  public long iterations() {
    return iteration.integer();
  }

  @Override
  public boolean hasLearningRate() {
    return false;
  }

  /**
   * Refuses: there is no common learning rate.
   *
   * @throws IllegalStateException always
   */
  @Override
  public float learningRate() {
    throw noLearningRate();
  }

  /**
   * Refuses: there is no common learning rate.
   *
   * @throws IllegalStateException always
   */
  @Override
  public void setLearningRate(double value) {
    throw noLearningRate();
  }

  private IllegalStateException noLearningRate() {
    return new IllegalStateException(
        name + " has no learning rate of its own. Those of its optimizers() can be read and set");
  }

  @Override
  public float lossScale() {
    return lossScaleFactor == null ? 1 : (float) (double) lossScaleFactor;
  }

  /** Sets the loss scale factor of this and all inner optimizers. */
  void lossScaleFactor(@Nullable Double factor) {
    lossScaleFactor = factor;
    optimizers().forEach(optimizer -> optimizer.lossScaleFactor(factor));
  }

  @Override
  public boolean hasEvaluationValues() {
    return optimizers().stream().anyMatch(Optimizer::hasEvaluationValues);
  }

  @Override
  public float[] evaluationValues(Variable variable) {
    return groups.optimizer(variable).evaluationValues(variable);
  }

  @Override
  public void finalizeVariableValues(List<Variable> variables) {
    groups.finalizeVariableValues(variables);
  }

  @Override
  public Config getConfig() {
    return Config.builder()
        .put(
            "optimizer_map",
            map == null ? OptimizerVariables.LearningRate.serializedFunction() : serialize(map))
        .put("loss_scale_factor", lossScaleFactor)
        .put("name", name)
        .build();
  }

  private static Config serialize(OptimizerMap map) {
    return Config.builder()
        .put("module", "keras.optimizers")
        .put("class_name", "OptimizerMap")
        .put("config", map.getConfig())
        .put("registered_name", null)
        .build();
  }

  /** Collects the arguments of a {@link MultiOptimizer}. */
  public static final class Builder {
    private final @Nullable OptimizerMap map;
    private final Function<Variable, ? extends @Nullable BaseOptimizer> selector;
    private @Nullable Double lossScaleFactor;
    private @Nullable String name;

    private Builder(
        @Nullable OptimizerMap map,
        Function<Variable, ? extends @Nullable BaseOptimizer> selector) {
      this.map = map;
      this.selector = selector;
    }

    /** Sets the factor, above 0, by which the loss was multiplied, for all inner optimizers. */
    public Builder lossScaleFactor(double value) {
      this.lossScaleFactor = value;
      return this;
    }

    /** Sets the name; the class name in snake case unless set. */
    public Builder name(String value) {
      this.name = value;
      return this;
    }

    /**
     * Returns the optimizer, and replaces the inner optimizers' own loss scale.
     *
     * @throws IllegalArgumentException if the factor is out of its range
     */
    public MultiOptimizer build() {
      return new MultiOptimizer(this);
    }
  }
}
