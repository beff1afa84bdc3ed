package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The inner optimizers of a {@link MultiOptimizer}, and which variables belong to each. */
final class OptimizerGroups {

  private final String owner;
  private final List<BaseOptimizer> optimizers = new ArrayList<>();
  private final List<List<GradAndVar>> steps = new ArrayList<>();
  private OptimizerVariables.@Nullable Index index;
  private @Nullable StepGradients pairs;
  private int[] positions = {};

  OptimizerGroups(String owner) {
    this.owner = owner;
  }

  /** Adds an optimizer unless it is there, and returns its position. */
  int add(BaseOptimizer optimizer) {
    for (int i = 0; i < optimizers.size(); i++) {
      if (optimizers.get(i) == optimizer) {
        return i;
      }
    }

    optimizers.add(optimizer);
    steps.add(new ArrayList<>());
    return optimizers.size() - 1;
  }

  List<BaseOptimizer> optimizers() {
    return Collections.unmodifiableList(optimizers);
  }

  /** The optimizer that a variable was left to. */
  BaseOptimizer optimizer(Variable variable) {
    return optimizers.get(positions[built(index).of(variable)]);
  }

  boolean isBuilt() {
    return index != null;
  }

  /** Asks for the optimizer of each variable, and builds those that have any. Once. */
  void build(
      List<Variable> variables, Function<Variable, ? extends @Nullable BaseOptimizer> selector) {
    if (isBuilt()) {
      return;
    }

    OptimizerVariables.Index known = new OptimizerVariables.Index(owner, variables);
    List<BaseOptimizer> selected = variables.stream().map(v -> select(v, selector)).toList();
    positions = selected.stream().mapToInt(this::add).toArray();
    List<List<Variable>> groups = group(known, variables);
    for (int i = 0; i < optimizers.size(); i++) {
      if (!groups.get(i).isEmpty()) {
        optimizers.get(i).build(groups.get(i));
      }
    }

    index = known;
    pairs = new StepGradients(known);
  }

  private static BaseOptimizer select(
      Variable variable, Function<Variable, ? extends @Nullable BaseOptimizer> selector) {
    BaseOptimizer optimizer = selector.apply(variable);
    if (optimizer == null) {
      throw new IllegalArgumentException(
          "MultiOptimizer: the function must name an optimizer for each variable. Received null"
              + " for: "
              + variable.path());
    }

    return optimizer;
  }

  private List<List<Variable>> group(OptimizerVariables.Index known, List<Variable> variables) {
    List<List<Variable>> groups = new ArrayList<>();
    optimizers.forEach(optimizer -> groups.add(new ArrayList<>()));
    variables.forEach(variable -> groups.get(positions[known.of(variable)]).add(variable));
    return groups;
  }

  /** Performs a step of each optimizer, unless one would refuse. */
  void apply(List<GradAndVar> gradsAndVars) {
    distribute(gradsAndVars);
    for (int i = 0; i < steps.size(); i++) {
      optimizers.get(i).applyGradients(steps.get(i));
      steps.get(i).clear();
    }
  }

  private void distribute(List<GradAndVar> gradsAndVars) {
    OptimizerVariables.Index known = built(index);
    StepGradients checked = built(pairs);
    checked.collect(gradsAndVars);
    checked.clear();
    if (gradsAndVars.size() != known.size()) {
      throw new IllegalArgumentException(
          "%s takes one gradient for each of its %d variables. Received: %d"
              .formatted(owner, known.size(), gradsAndVars.size()));
    }

    steps.forEach(List::clear);
    for (int i = 0; i < gradsAndVars.size(); i++) {
      GradAndVar pair = gradsAndVars.get(i);
      steps.get(positions[known.of(pair.variable())]).add(pair);
    }

    steps.forEach(this::requireGradient);
    for (int i = 0; i < steps.size(); i++) {
      optimizers.get(i).refuseNonFinite(steps.get(i));
    }
  }

  private void requireGradient(List<GradAndVar> step) {
    if (!step.isEmpty() && step.stream().allMatch(pair -> pair.gradient() == null)) {
      throw new IllegalArgumentException(
          "%s needs a gradient for a variable of each inner optimizer. Received none for: %s"
              .formatted(owner, step.stream().map(pair -> pair.variable().path()).toList()));
    }
  }

  /** Ends training for each optimizer. */
  void finalizeVariableValues(List<Variable> variables) {
    List<List<Variable>> groups = group(built(index), variables);
    for (int i = 0; i < groups.size(); i++) {
      if (!groups.get(i).isEmpty()) {
        optimizers.get(i).finalizeVariableValues(groups.get(i));
      }
    }
  }

  private <T> T built(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException(
          owner + " is not built. Call build with the model's trainable variables first");
    }

    return part;
  }
}
