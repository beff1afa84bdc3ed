package io.firesteel.internal.gradients;

import io.firesteel.internal.network.GradientSums;
import io.firesteel.variables.VariableValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The trainer's part of a step whose variables are updated one by one, as soon as their gradients
 * are there, so that a source can send them out while it still gets others. Whether a source makes
 * use of it changes no bit of the result. All is called by the thread that asks for the gradients,
 * while it waits for them.
 */
public interface EarlyUpdates {

  /** Of a step that is performed when all gradients are there. */
  EarlyUpdates NONE =
      new EarlyUpdates() {
        @Override
        public @Nullable VariableValues begin(Step step) {
          return null;
        }

        @Override
        public int variable(int gradient) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void update(GradientSums sums, List<Integer> gradients) {
          throw new UnsupportedOperationException();
        }

        @Override
        public void undo() {}
      };

  /**
   * Begins to update the variables of a step. Called at most once a step.
   *
   * @return the values of all variables before the step, which stay so until the next one; null if
   *     an update of one variable needs the gradients of others
   */
  @Nullable VariableValues begin(Step step);

  /** Returns the index among all variables of that with a gradient. */
  int variable(int gradient);

  /**
   * Updates the variables of some gradients. What is returned as the gradients of the step in the
   * end need not have them any more.
   *
   * @param sums the sums over all shards, whose totals have what gradients are divided by; these
   *     gradients are overwritten, others need not be there
   * @param gradients which ones, in ascending order, none of them updated before in this step
   */
  void update(GradientSums sums, List<Integer> gradients);

  /** Undoes what was updated of the step, which has failed. */
  void undo();
}
