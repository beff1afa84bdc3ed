package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.IdentityHashMap;
import java.util.List;

/** The variables that an optimizer was built with, and the position of each. */
final class VariableIndex {

  /* Ranges of few elements ask often; so many variables are compared faster than looked up. */
  private static final int SEARCHED = 8;

  private final String owner;
  private final List<Variable> variables;
  private final Variable[] first;
  private final IdentityHashMap<Variable, Integer> positions = new IdentityHashMap<>();

  VariableIndex(String owner, List<Variable> variables) {
    this.owner = owner;
    this.variables = List.copyOf(variables);
    this.first = this.variables.stream().limit(SEARCHED).toArray(Variable[]::new);
    for (Variable variable : this.variables) {
      if (variable.isInteger()) {
        throw new IllegalArgumentException(
            "%s updates float variables only. Received: %s".formatted(owner, variable));
      }

      if (positions.put(variable, positions.size()) != null) {
        throw new IllegalArgumentException(
            "%s must be built with each variable once. Received twice: %s"
                .formatted(owner, variable));
      }
    }
  }

  List<Variable> variables() {
    return variables;
  }

  int size() {
    return variables.size();
  }

  /** The position of a variable, found at once if it is the one that is guessed. */
  int of(Variable variable, int guess) {
    return guess < variables.size() && variables.get(guess) == variable ? guess : of(variable);
  }

  int of(Variable variable) {
    for (int i = 0; i < first.length; i++) {
      if (first[i] == variable) {
        return i;
      }
    }

    Integer position = positions.get(variable);
    if (position == null) {
      throw new IllegalArgumentException(
          "%s was not built with the variable %s, but with: %s. Create a new optimizer for other variables"
              .formatted(owner, variable.path(), paths()));
    }

    return position;
  }

  private List<String> paths() {
    return variables.stream().map(Variable::path).toList();
  }
}
