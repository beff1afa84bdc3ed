package io.firesteel.optimizers;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** The variables of an optimizer, in the order in which Keras saves them. */
final class OptimizerState {

  private final String owner;
  private final List<Variable> variables = new ArrayList<>();
  private boolean complete;

  OptimizerState(String owner) {
    this.owner = owner;
  }

  /** Adds a variable at the end. */
  Variable add(Variable variable) {
    if (complete) {
      throw new IllegalStateException(
          "%s creates its variables in one call of build. Received one more: %s. An override of build that may be called again starts with: if (isBuilt()) { return; }"
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
}
