package io.firesteel.optimizers;

import io.firesteel.variables.Variable;
import org.jspecify.annotations.Nullable;

/** One slot for each variable of an optimizer, but for those that gradients overwrite. */
final class Slots {

  private final VariableIndex index;
  private final @Nullable Variable[] slots;

  Slots(VariableIndex index) {
    this.index = index;
    this.slots = new Variable[index.size()];
  }

  void set(Variable variable, Variable slot) {
    slots[index.of(variable)] = slot;
  }

  /** The slot of a variable. */
  Variable of(Variable variable) {
    Variable slot = at(index.of(variable));
    if (slot == null) {
      throw new IllegalArgumentException("No slot was created for " + variable);
    }

    return slot;
  }

  /** The values of the slot of a variable; not a copy. */
  float[] values(Variable variable) {
    return of(variable).values();
  }

  /** The slot of the variable at a position, if it has one. */
  @Nullable Variable at(int position) {
    return slots[position];
  }
}
