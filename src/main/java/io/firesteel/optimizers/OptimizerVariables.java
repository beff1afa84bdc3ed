package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One variable of an optimizer's state for each variable that it was built with, but for those that
 * gradients overwrite.
 */
public final class OptimizerVariables {

  private final VariableIndex index;
  private final @Nullable Variable[] slots;

  private OptimizerVariables(VariableIndex index) {
    this.index = index;
    this.slots = new Variable[index.size()];
  }

  /**
   * Adds slots of zeros to an optimizer's state: all slots of the first variable, then those of the
   * second. Each name has its {@code OptimizerVariables} in the result.
   */
  static List<OptimizerVariables> create(
      BaseOptimizer optimizer, VariableIndex index, List<Variable> variables, String... names) {
    List<OptimizerVariables> slots = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      slots.add(new OptimizerVariables(index));
    }

    for (Variable variable : variables) {
      for (int i = 0; i < names.length && !variable.overwriteWithGradient(); i++) {
        slots.get(i).slots[index.of(variable)] =
            optimizer.addVariableFromReference(variable, names[i]);
      }
    }

    return slots;
  }

  /** Sets all values of all slots. */
  public void fill(double value) {
    for (Variable slot : slots) {
      if (slot != null) {
        Arrays.fill(slot.values(), (float) value);
      }
    }
  }

  /** Returns the slot of a variable. */
  public Variable of(Variable variable) {
    return Objects.requireNonNull(at(index.of(variable)), variable.path());
  }

  /** Returns the values of the slot of a variable; not a copy. */
  public float[] values(Variable variable) {
    return of(variable).values();
  }

  /** The slot of the variable at a position, if it has one. */
  @Nullable Variable at(int position) {
    return slots[position];
  }
}
