package io.firesteel.spark.internal.frames;

import io.firesteel.internal.data.ShardRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * One part of a {@link Report} as bytes, little-endian: a header that names its sender, and text or
 * a part of the sums.
 *
 * @param from who sends it
 * @param kind what it is
 * @param round the round it is about
 * @param group the group that the sums are of
 * @param ask the number of the ask, so that parts of two asks are not mixed
 * @param part the index of this part
 * @param parts the number of parts
 * @param time how long the sums took
 * @param payload the rest, from its position
 */
public record ReportFrame(
    TaskId from,
    Report.Kind kind,
    long round,
    TaskGroup group,
    int ask,
    int part,
    int parts,
    WorkTime time,
    ByteBuffer payload) {

  public ReportFrame {
    if (parts < 1 || parts > FlatFloats.MOST_PARTS || part < 0 || part >= parts) {
      throw new IllegalArgumentException("No report has a part %d of %d".formatted(part, parts));
    }
  }

  /** The bytes of the header. */
  static final int HEADER = 11 * Integer.BYTES + 5 * Long.BYTES;

  /** Returns a buffer with a header, and room for that many bytes more behind it. */
  public static ByteBuffer begin(Report report, int ask, int part, int parts, int room) {
    TaskId from = report.from();
    return ByteBuffer.allocate(HEADER + room)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(report.kind().code())
        .putLong(from.fit())
        .putInt(from.incarnation())
        .putInt(from.task())
        .putInt(from.shards().lo())
        .putInt(from.shards().hi())
        .putLong(from.attempt())
        .putInt(from.stageAttempt())
        .putLong(report.round())
        .putInt(report.group().id())
        .putInt(report.group().size())
        .putInt(ask)
        .putInt(part)
        .putInt(parts)
        .putLong(report.time().readNanos())
        .putLong(report.time().computeNanos());
  }

  /** Returns a report without sums, as one part. */
  public static byte[] ofText(Report report) {
    byte[] text = report.text().getBytes(StandardCharsets.UTF_8);
    return begin(report, 0, 0, 1, text.length).put(text).array();
  }

  /**
   * Reads the header of a frame.
   *
   * @throws IllegalArgumentException if the bytes can't be a frame; nothing is allocated by what
   *     they say
   */
  public static ReportFrame parse(byte[] frame) {
    if (frame.length < HEADER) {
      throw new IllegalArgumentException(
          "A report has %d bytes or more. Received: %d".formatted(HEADER, frame.length));
    }

    ByteBuffer buffer = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
    Report.Kind kind = Report.Kind.ofCode(buffer.getInt());
    TaskId from =
        new TaskId(
            buffer.getLong(),
            buffer.getInt(),
            buffer.getInt(),
            new ShardRange(buffer.getInt(), buffer.getInt()),
            buffer.getLong(),
            buffer.getInt());
    if (from.task() < 0) {
      throw new IllegalArgumentException("No task has the number " + from.task());
    }

    return new ReportFrame(
        from,
        kind,
        buffer.getLong(),
        new TaskGroup(buffer.getInt(), buffer.getInt()),
        buffer.getInt(),
        buffer.getInt(),
        buffer.getInt(),
        new WorkTime(buffer.getLong(), buffer.getLong()),
        buffer);
  }

  /** Returns the payload as text. */
  public String text() {
    return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
  }
}
