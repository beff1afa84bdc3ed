package io.firesteel.spark.internal.frames;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.Step;
import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;
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
 * @param isForMates whether it is also for those of the group of the round before who wait with the
 *     asker
 */
public record Command(
    Kind kind,
    long round,
    DataSet data,
    @Nullable Step step,
    Group group,
    @Nullable VariableValues variables,
    boolean isForMates) {

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
    return new Command(Kind.WORK, round, data, step, Group.ALONE, variables, false);
  }

  private static Command idle(Kind kind) {
    return new Command(kind, 0, DataSet.TRAINING, null, Group.ALONE, null, kind == Kind.LEAVE);
  }

  /**
   * Returns this command for a group.
   *
   * @param forMates whether it is also for those who wait with the asker
   */
  public Command within(Group newGroup, boolean forMates) {
    return new Command(kind, round, data, step, newGroup, variables, forMates);
  }

  public Command withoutVariables() {
    return new Command(kind, round, data, step, group, null, isForMates);
  }

  public Command withVariables(VariableValues values) {
    return new Command(kind, round, data, step, group, values, isForMates);
  }

  /**
   * One part of a {@link Command} as bytes, little-endian: a header, and a part of the variables
   * where they come along.
   *
   * @param command the command, without variables
   * @param part the index of this part
   * @param parts the number of parts
   * @param values the part of the variables, or no bytes
   */
  public record Frame(Command command, int part, int parts, ByteBuffer values) {

    private static final int HEADER = 10 * Integer.BYTES + 2 * Long.BYTES + Float.BYTES;

    /** Returns the number of bytes of one part of a command. */
    public static int bytes(Command command, int part, int parts) {
      VariableValues variables = command.variables();
      return variables == null ? HEADER : HEADER + flat(variables).partBytes(part, parts);
    }

    /**
     * Writes one part of a command to a little-endian buffer. Only the header of part 0 is read.
     */
    public static void write(Command command, int part, int parts, ByteBuffer target) {
      begin(command, part, parts, target);
      VariableValues variables = command.variables();
      if (variables != null) {
        flat(variables).write(part, parts, target);
      }
    }

    /** Tells whether the part of the variables in a frame has the bits of a command's variables. */
    public static boolean matches(Command command, int part, int parts, ByteBuffer frame) {
      VariableValues variables = command.variables();
      return variables != null
          && flat(variables).matches(part, parts, frame.position(frame.position() + HEADER));
    }

    /**
     * Returns, for each of several parts, the first of a command's variables that have values in
     * it, and the one after the last.
     */
    public static int[][] variablesIn(Command command, int parts) {
      VariableValues variables = command.variables();
      FlatFloats all = flat(Objects.requireNonNull(variables));
      int[][] ranges = new int[parts][];
      Arrays.setAll(ranges, part -> all.sectionsIn(part, parts));
      return ranges;
    }

    private static FlatFloats flat(VariableValues variables) {
      return FlatFloats.ofArrays(Arrays.asList(variables.values()));
    }

    public static Frame parse(byte[] frame) {
      ByteBuffer buffer = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
      Command.Kind kind = Command.Kind.ofCode(buffer.getInt());
      long round = buffer.getLong();
      DataSet data = DataSet.ofCode(buffer.getInt());
      boolean hasStep = buffer.getInt() == 1;
      Step step = new Step(buffer.getLong(), buffer.getInt(), buffer.getInt(), buffer.getFloat());
      Group group = new Group(buffer.getInt(), buffer.getInt());
      return new Frame(
          new Command(kind, round, data, hasStep ? step : null, group, null, buffer.getInt() == 1),
          buffer.getInt(),
          buffer.getInt(),
          buffer);
    }

    /** Tells whether variables come along. */
    public boolean hasValues() {
      return values.hasRemaining();
    }

    private static void begin(Command command, int part, int parts, ByteBuffer target) {
      Step step = command.step() == null ? new Step(0, 0, 0, 0) : command.step();
      target
          .putInt(command.kind().code())
          .putLong(command.round())
          .putInt(command.data().code())
          .putInt(command.step() == null ? 0 : 1)
          .putLong(step.step())
          .putInt(step.epoch())
          .putInt(step.batch())
          .putFloat(step.lossScale())
          .putInt(command.group().id())
          .putInt(command.group().size())
          .putInt(command.isForMates() ? 1 : 0)
          .putInt(part)
          .putInt(parts);
    }
  }

  /**
   * The tasks of one executor that add their sums among themselves in a round, so that one of them
   * sends them all.
   *
   * @param id a number that no other group of the fit has; 0 for a task that is alone
   * @param size the number of tasks
   */
  public record Group(int id, int size) {

    /** Of a task that sends its own sums. */
    public static final Group ALONE = new Group(0, 1);

    /** Tells whether there are others. */
    public boolean isShared() {
      return size > 1;
    }
  }
}
