package io.firesteel.variables;

import java.util.List;

/**
 * The values of a model's variables at one step, as they go out to the shards. The arrays must not
 * be written to.
 */
public final class VariableSnapshot {

  private final float[][] values;

  private VariableSnapshot(float[][] values) {
    this.values = values;
  }

  /** Returns a snapshot with copies of the values of float variables. */
  public static VariableSnapshot copyOf(List<Variable> variables) {
    float[][] values = new float[variables.size()][];
    for (int i = 0; i < values.length; i++) {
      values[i] = variables.get(i).values().clone();
    }

    return new VariableSnapshot(values);
  }

  /**
   * Returns the values themselves of float variables, not copies: they change when the variables
   * do.
   */
  public static VariableSnapshot live(List<Variable> variables) {
    return new VariableSnapshot(variables.stream().map(Variable::values).toArray(float[][]::new));
  }

  /** Returns a snapshot around arrays, which are not copied. */
  public static VariableSnapshot wrap(float[][] values) {
    return new VariableSnapshot(values);
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
