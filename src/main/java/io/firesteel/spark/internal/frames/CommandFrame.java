package io.firesteel.spark.internal.frames;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.Step;
import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One part of a {@link Command} as bytes, little-endian: a header, and a part of the variables
 * where they come along.
 *
 * @param command the command, without variables
 * @param part the index of this part
 * @param parts the number of parts
 * @param values the part of the variables, or no bytes
 */
public record CommandFrame(Command command, int part, int parts, ByteBuffer values) {

  private static final int HEADER = 9 * Integer.BYTES + 2 * Long.BYTES + Float.BYTES;

  /** Returns a command in that many parts. */
  public static byte[][] encode(Command command, int parts) {
    byte[][] frames = new byte[parts][];
    for (int part = 0; part < parts; part++) {
      frames[part] = encode(command, part, parts);
    }

    return frames;
  }

  /** Returns one part of a command. Only the header of part 0 is read. */
  public static byte[] encode(Command command, int part, int parts) {
    VariableValues variables = command.variables();
    if (variables == null) {
      return begin(command, part, parts, 0).array();
    }

    FlatFloats flat = FlatFloats.ofArrays(Arrays.asList(variables.values()));
    ByteBuffer buffer = begin(command, part, parts, FlatFloats.partBytes(flat.size(), part, parts));
    flat.write(part, parts, buffer);
    return buffer.array();
  }

  public static CommandFrame parse(byte[] frame) {
    ByteBuffer buffer = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    Command.Kind kind = Command.Kind.ofCode(buffer.getInt());
    long round = buffer.getLong();
    DataSet data = DataSet.ofCode(buffer.getInt());
    boolean hasStep = buffer.getInt() == 1;
    Step step = new Step(buffer.getLong(), buffer.getInt(), buffer.getInt(), buffer.getFloat());
    TaskGroup group = new TaskGroup(buffer.getInt(), buffer.getInt());
    return new CommandFrame(
        new Command(kind, round, data, hasStep ? step : null, group, null),
        buffer.getInt(),
        buffer.getInt(),
        buffer);
  }

  /** Tells whether variables come along. */
  public boolean hasValues() {
    return values.hasRemaining();
  }

  private static ByteBuffer begin(Command command, int part, int parts, int room) {
    Step step = command.step() == null ? new Step(0, 0, 0, 0) : command.step();
    return ByteBuffer.allocate(HEADER + room)
        .order(ByteOrder.LITTLE_ENDIAN)
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
        .putInt(part)
        .putInt(parts);
  }
}
