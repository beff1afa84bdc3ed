package io.firesteel.optimizers;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** The variables of an optimizer, in the order in which Keras saves them. */
final class OptimizerState {

  private final String owner;
  private final List<Variable> variables = new ArrayList<>();
  private final Set<Variable> untracked = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean complete;

  OptimizerState(String owner) {
    this.owner = owner;
  }

  /** Adds a variable at the end. */
  Variable add(Variable variable) {
    if (complete) {
      throw new IllegalStateException(
          "%s creates its variables in buildVariables. Received one more: %s"
              .formatted(owner, variable.path()));
    }

    variables.add(variable);
    return variable;
  }

  /** Adds a float variable of equal values at the end. */
  Variable addFloats(Shape shape, String name, double initialValue) {
    Variable variable = Variable.zeros(name, owner + "/" + name, shape);
    Arrays.fill(variable.values(), (float) initialValue);
    return add(variable);
  }

  /** Adds an integer at the end. */
  Variable addInteger(String name, long initialValue) {
    return add(Variable.integer(name, owner + "/" + name, initialValue));
  }

  /**
   * Marks a variable as one that Keras makes without its {@code add_variable}: inside of wrappers
   * it does not save it.
   */
  void markUntracked(Variable variable) {
    untracked.add(variable);
  }

  /** Tells whether Keras does not save a variable inside of wrappers. */
  boolean isUntracked(Variable variable) {
    return untracked.contains(variable);
  }

  void remove(Variable variable) {
    variables.remove(variable);
  }

  /** Refuses further variables. */
  void complete() {
    complete = true;
  }

  /** A view of the variables. */
  List<Variable> variables() {
    return Collections.unmodifiableList(variables);
  }

  /** Assigns saved variables to an optimizer's, by position, after all of them were checked. */
  static void load(Optimizer optimizer, List<Variable> saved) {
    load(optimizer, optimizer.variables(), saved);
  }

  /** Assigns saved variables to some of an optimizer's, after all of them were checked. */
  static void load(Optimizer optimizer, List<Variable> variables, List<Variable> saved) {
    if (!optimizer.isBuilt()) {
      throw new IllegalStateException(
          optimizer.name() + " is not built. Call build before its variables are loaded");
    }

    if (variables.size() != saved.size()) {
      throw new IllegalArgumentException(
          "%s has %d variables. Received: %d"
              .formatted(optimizer.name(), variables.size(), saved.size()));
    }

    for (int i = 0; i < variables.size(); i++) {
      check(optimizer, i, variables.get(i), saved.get(i));
    }

    for (int i = 0; i < variables.size(); i++) {
      assign(variables.get(i), saved.get(i));
    }
  }

  private static void check(Optimizer optimizer, int position, Variable variable, Variable saved) {
    if (variable.isInteger() != saved.isInteger() || !variable.shape().equals(saved.shape())) {
      throw new IllegalArgumentException(
          "The variable %d of %s is %s. Received: %s"
              .formatted(position, optimizer.name(), variable, saved));
    }
  }

  private static void assign(Variable variable, Variable saved) {
    if (variable.isInteger()) {
      variable.assign(saved.integer());
    } else {
      variable.assign(saved.values());
    }
  }
}
