package io.firesteel.spark.internal.frames;

import io.firesteel.training.PartialSums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The bytes in which a worker sends its sums at once: little-endian, what computed them, then
 * {@link SumsParts} in one part.
 *
 * @param environment what computed the sums
 * @param sums the sums
 */
public record SumsFrame(String environment, PartialSums sums) {

  public byte[] encode() {
    byte[] name = environment.getBytes(StandardCharsets.UTF_8);
    SumsParts encoded = new SumsParts(sums);
    int size = Math.addExact(Integer.BYTES + name.length, encoded.partBytes(0, 1));
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(name.length).put(name);
    encoded.write(0, 1, buffer);
    return buffer.array();
  }

  public static SumsFrame decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] name = new byte[buffer.getInt()];
    buffer.get(name);
    PartialSums sums = new SumsParts.Reader().read(List.of(buffer));
    return new SumsFrame(new String(name, StandardCharsets.UTF_8), sums);
  }
}
