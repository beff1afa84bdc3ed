package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.List;

/** Assigns saved variables to an optimizer's, by position, after all of them were checked. */
final class StateLoading {

  private StateLoading() {}

  static void load(Optimizer optimizer, List<Variable> saved) {
    List<Variable> variables = optimizer.variables();
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
