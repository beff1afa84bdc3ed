package io.firesteel.spark.internal.frames;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.Step;
import io.firesteel.variables.VariableValues;
import org.jspecify.annotations.Nullable;

/**
 * What the driver answers to a resident task.
 *
 * @param kind what to do
 * @param round the number of the round, which the sums must bear
 * @param data which data set to work on
 * @param step the step, or null for an evaluation
 * @param group those with whom the task adds its sums
 * @param variables the variables; null where another task of the process brings them
 */
public record Command(
    Kind kind,
    long round,
    DataSet data,
    @Nullable Step step,
    TaskGroup group,
    @Nullable VariableValues variables) {

  /** End now. */
  public static final Command LEAVE = idle(Kind.LEAVE);

  /** Nothing to do yet: ask again. */
  public static final Command NOT_YET = idle(Kind.NOT_YET);

  /** The kinds. */
  public enum Kind {
    LEAVE(1),
    NOT_YET(2),
    WORK(3);

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** Returns the number that stands for it in messages. */
    int code() {
      return code;
    }

    static Kind ofCode(int code) {
      return switch (code) {
        case 1 -> LEAVE;
        case 2 -> NOT_YET;
        case 3 -> WORK;
        default -> throw new IllegalArgumentException("No command has the code " + code);
      };
    }
  }

  public static Command work(
      long round, DataSet data, @Nullable Step step, VariableValues variables) {
    return new Command(Kind.WORK, round, data, step, TaskGroup.ALONE, variables);
  }

  private static Command idle(Kind kind) {
    return new Command(kind, 0, DataSet.TRAINING, null, TaskGroup.ALONE, null);
  }

  public Command within(TaskGroup newGroup) {
    return new Command(kind, round, data, step, newGroup, variables);
  }

  public Command withoutVariables() {
    return new Command(kind, round, data, step, group, null);
  }

  public Command withVariables(VariableValues values) {
    return new Command(kind, round, data, step, group, values);
  }
}
