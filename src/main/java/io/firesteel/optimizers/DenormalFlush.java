package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Makes slots zero where they decayed to almost nothing, before they are denormal.
 *
 * <p>That is done after every 16th update: in so many, values that are multiplied by 0.9 or more
 * stay far enough above the denormal numbers, and so do their products with rates and shares.
 */
final class DenormalFlush {

  private static final long EVERY = 16;

  private final IdentityHashMap<Variable, List<Variable>> slots = new IdentityHashMap<>();
  private final StepPlan.Part flush = this::flush;

  /** Forgets all slots. */
  void clear() {
    slots.clear();
  }

  /** Adds a slot of a variable. */
  void add(Variable variable, Variable slot) {
    slots.computeIfAbsent(variable, v -> new ArrayList<>()).add(slot);
  }

  /** Adds what is to be done after an update, if it is due. */
  void plan(StepPlan step, long update) {
    if (update % EVERY == 0 && !slots.isEmpty()) {
      step.then(flush);
    }
  }

  private void flush(StepPlan step, int pair, int from, int to) {
    List<Variable> all = slots.get(step.variable(pair));
    for (int i = 0; all != null && i < all.size(); i++) {
      FloatOps.flush(all.get(i).values(), from, to);
    }
  }
}
