package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.ArrayList;
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
