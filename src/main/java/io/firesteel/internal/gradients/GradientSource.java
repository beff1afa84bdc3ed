package io.firesteel.internal.gradients;

import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.variables.VariableValues;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Where gradients come from: in-process, one Spark job a step, resident tasks. Every source gives
 * the same bits for the same data, plan, variables and step.
 *
 * <p>The variables of a call may change as soon as it returns: a source keeps none of them.
 */
public interface GradientSource extends AutoCloseable {

  /** Returns the name as it stands in results, e.g. {@code local} or {@code job}. */
  String name();

  /**
   * Returns the sums of a step over all shards, added in the fixed tree. They are valid until the
   * next call; the caller may overwrite them.
   *
   * @param early what updates variables before all sums are there, if the source has it do so
   */
  GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early);

  /** Returns the sums of a step that is performed when all are there. */
  default GradientSums gradients(VariableValues variables, Step step) {
    return gradients(variables, step, EarlyUpdates.NONE);
  }

  /**
   * Returns the sums of losses and metrics over all rows of a data set.
   *
   * @throws IllegalArgumentException if the source was opened without it
   */
  Totals evaluate(DataSet data, VariableValues variables);

  /** Tells whether a row to train on has a weight that is not 0; all have without weights. */
  default boolean hasWeight() {
    return true;
  }

  /**
   * Gives the source what measures its phases, and what is to hear of what happens to its workers.
   * It is called before the first step.
   */
  default void observeWith(StepClock clock, BiConsumer<String, String> events) {}

  /** Frees the slots of the cluster that it holds, until it is asked again. */
  default void makeWay() {}

  /** Returns a hash of all rows in the order in which they were dealt to the shards. */
  long orderHash();

  /**
   * Returns what computed the gradients so far: one text each kind of JDK, matrix library and CPU.
   * With more than one, bits may depend on which computed what.
   */
  default Set<String> environments() {
    return Set.of();
  }

  /** Frees what the source holds. */
  @Override
  void close();
}
