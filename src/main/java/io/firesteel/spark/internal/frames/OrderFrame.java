package io.firesteel.spark.internal.frames;

import io.firesteel.training.Step;
import io.firesteel.variables.VariableSnapshot;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * One part of an {@link Order} as bytes, little-endian: a header, and a part of the variables where
 * they come along.
 *
 * @param order the order, without variables
 * @param part the index of this part
 * @param parts the number of parts
 * @param values the part of the variables, or no bytes
 */
public record OrderFrame(Order order, int part, int parts, ByteBuffer values) {

  private static final int HEADER = 7 * Integer.BYTES + 2 * Long.BYTES + Float.BYTES;
  private static final Order.Kind[] KINDS = Order.Kind.values();

  /** Returns an order in that many parts. */
  public static byte[][] encode(Order order, int parts) {
    VariableSnapshot variables = order.variables();
    byte[][] frames = new byte[parts][];
    if (variables == null) {
      for (int part = 0; part < parts; part++) {
        frames[part] = begin(order, part, parts, 0).array();
      }

      return frames;
    }

    FlatFloats flat = FlatFloats.ofArrays(Arrays.asList(variables.values()));
    for (int part = 0; part < parts; part++) {
      int bytes = FlatFloats.partBytes(flat.size(), part, parts);
      ByteBuffer buffer = begin(order, part, parts, bytes);
      flat.write(part, parts, buffer);
      frames[part] = buffer.array();
    }

    return frames;
  }

  public static OrderFrame parse(byte[] frame) {
    ByteBuffer buffer = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    Order.Kind kind = KINDS[buffer.getInt()];
    long round = buffer.getLong();
    int data = buffer.getInt();
    boolean hasStep = buffer.getInt() == 1;
    Step step = new Step(buffer.getLong(), buffer.getInt(), buffer.getInt(), buffer.getFloat());
    return new OrderFrame(
        new Order(kind, round, data, hasStep ? step : null, null),
        buffer.getInt(),
        buffer.getInt(),
        buffer);
  }

  /** Tells whether variables come along. */
  public boolean hasValues() {
    return values.hasRemaining();
  }

  private static ByteBuffer begin(Order order, int part, int parts, int room) {
    Step step = order.step() == null ? new Step(0, 0, 0, 0) : order.step();
    return ByteBuffer.allocate(HEADER + room)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(order.kind().ordinal())
        .putLong(order.round())
        .putInt(order.data())
        .putInt(order.step() == null ? 0 : 1)
        .putLong(step.step())
        .putInt(step.epoch())
        .putInt(step.batch())
        .putFloat(step.lossScale())
        .putInt(part)
        .putInt(parts);
  }
}
