package io.firesteel.variables;

import java.util.List;

/**
 * The values of a model's variables, in order, as they go out to the shards. The arrays must not be
 * written to.
 */
public final class VariableValues {

  private final float[][] values;

  private VariableValues(float[][] values) {
    this.values = values;
  }

  /** Returns copies of the values of float variables. */
  public static VariableValues copyOf(List<Variable> variables) {
    float[][] values = new float[variables.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = variables.get(i).values().clone();
    }

    return new VariableValues(values);
  }

  /**
   * Returns the values themselves of float variables, not copies: they change when the variables
   * do.
   */
  public static VariableValues of(List<Variable> variables) {
    return new VariableValues(variables.stream().map(Variable::values).toArray(float[][]::new));
  }

  /** Returns arrays, which are not copied, as values. */
  public static VariableValues wrap(float[][] values) {
    return new VariableValues(values);
  }

  /** Returns the number of variables. */
  public int size() {
    return values.length;
  }

  /** Returns the values of a variable, row-major; not a copy. */
  public float[] values(int index) {
    return values[index];
  }

  /** Returns all values, one array a variable; not copies. */
  public float[][] values() {
    return values;
  }
}
