package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import java.util.List;

/** What sends variables of the next round out while a round is open. */
interface EarlyVariables {

  /** Where tasks get all by reference. */
  EarlyVariables NONE =
      new EarlyVariables() {
        @Override
        public boolean pays() {
          return false;
        }

        @Override
        public void publish(Command next, List<Integer> variables) {}

        @Override
        public void begin(Command command) {}

        @Override
        public void forget() {}
      };

  /** Tells whether sums came in parts since the last call, and all that went out was of use. */
  boolean pays();

  /**
   * Sends variables, with others that share parts with them once these are there.
   *
   * @param next a command of the next round with the arrays of all variables
   * @param variables the indices of those that have their next values
   */
  void publish(Command next, List<Integer> variables);

  /**
   * Begins a round. If its variables are not those that went out, these are forgotten, and whoever
   * got them asks again.
   */
  void begin(Command command);

  /** Forgets what went out, because the round failed, or nobody is there any more. */
  void forget();
}
