package io.firesteel.spark.internal.frames;

import io.firesteel.internal.gradients.PartialSums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The result of a Spark task that computes sums, as little-endian bytes: who computed them, how
 * long it took, then the sums by {@link SumsCodec} in one part.
 *
 * @param worker who computed them
 * @param time how long it took
 * @param sums the sums
 */
public record SumsFrame(WorkerInfo worker, Report.WorkTime time, PartialSums sums) {

  public byte[] encode() {
    byte[] text = worker.text().getBytes(StandardCharsets.UTF_8);
    SumsCodec encoded = new SumsCodec(sums);
    int header = Integer.BYTES + text.length + 2 * Long.BYTES;
    int size = Math.addExact(header, encoded.partBytes(0, 1));
    ByteBuffer buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(text.length).put(text);
    buffer.putLong(time.readNanos()).putLong(time.computeNanos());
    encoded.write(0, 1, buffer);
    return buffer.array();
  }

  public static SumsFrame decode(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] text = new byte[buffer.getInt()];
    buffer.get(text);
    Report.WorkTime time = new Report.WorkTime(buffer.getLong(), buffer.getLong());
    SumsCodec.Reader reader = new SumsCodec.Reader();
    reader.begin(1);
    PartialSums sums = reader.read(List.of(buffer));
    return new SumsFrame(WorkerInfo.parse(new String(text, StandardCharsets.UTF_8)), time, sums);
  }
}
