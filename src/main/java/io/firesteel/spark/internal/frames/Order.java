package io.firesteel.spark.internal.frames;

import io.firesteel.training.Step;
import io.firesteel.variables.VariableSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * What the driver answers to a resident task.
 *
 * @param kind what to do
 * @param round the number of the round, which the sums must bear
 * @param data which data set to work on: {@link #TRAINING} or {@link #VALIDATION}
 * @param step the step, or null for an evaluation
 * @param variables the variables; null where another task of the process brings them
 */
public record Order(
    Kind kind, long round, int data, @Nullable Step step, @Nullable VariableSnapshot variables) {

  public static final int TRAINING = 0;
  public static final int VALIDATION = 1;

  /** End now. */
  public static final Order LEAVE = new Order(Kind.LEAVE, 0, 0, null, null);

  /** Nothing to do yet: ask again. */
  public static final Order NOT_YET = new Order(Kind.NOT_YET, 0, 0, null, null);

  /** The kinds, in the order of their numbers on the wire. */
  public enum Kind {
    LEAVE,
    NOT_YET,
    WORK
  }

  public static Order work(long round, int data, @Nullable Step step, VariableSnapshot variables) {
    return new Order(Kind.WORK, round, data, step, variables);
  }

  public Order withoutVariables() {
    return new Order(kind, round, data, step, null);
  }

  public Order withVariables(VariableSnapshot values) {
    return new Order(kind, round, data, step, values);
  }
}
