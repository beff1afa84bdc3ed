package io.firesteel.spark.internal.frames;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.PartialSums;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a resident task tells the driver.
 *
 * @param from who tells it
 * @param kind what it is
 * @param round the round it is about, 0 where there is none
 * @param group the group that the sums are of
 * @param sums the sums, called on the trainer's thread; of {@link Kind#SUMS} only; of all tasks of
 *     the group
 * @param text of {@link Kind#HELLO} the {@link WorkerInfo}, of a failure what happened
 * @param time how long the sums took
 * @param mates of sums of a group, those whose sums are among them and who wait for the same answer
 */
public record Report(
    TaskId from,
    Kind kind,
    long round,
    Command.Group group,
    @Nullable Supplier<PartialSums> sums,
    String text,
    WorkTime time,
    List<Mate> mates) {

  /** Creates a report of one who waits alone. */
  public Report(
      TaskId from,
      Kind kind,
      long round,
      Command.Group group,
      @Nullable Supplier<PartialSums> sums,
      String text,
      WorkTime time) {
    this(from, kind, round, group, sums, text, time, List.of());
  }

  /** The kinds. */
  public enum Kind {
    /** The task is there and loads its shards; nothing is to be answered. */
    HELLO(1),

    /** The task waits for work. */
    READY(2),

    /** The task waits for work, with the variables: others of its process did not bring them. */
    UNSERVED(3),

    /** The task has done its work, brings the sums of its group, and waits for more. */
    SUMS(4),

    /** The task has done its work, left its sums to its group, and waits for more. */
    CONTRIBUTED(7),

    /** The task ends by an exception; nothing is to be answered. */
    FAILED(5),

    /** The task ends by an exception that every attempt would meet; nothing is to be answered. */
    REFUSED(6);

    private static final Kind[] KINDS = values();

    private final int code;

    Kind(int code) {
      this.code = code;
    }

    /** Returns the number that stands for it in messages. */
    int code() {
      return code;
    }

    static Kind ofCode(int code) {
      for (Kind kind : KINDS) {
        if (kind.code == code) {
          return kind;
        }
      }

      throw new IllegalArgumentException("No report has the code " + code);
    }
  }

  public static Report of(TaskId from, Kind kind, String text) {
    return new Report(from, kind, 0, Command.Group.ALONE, null, text, WorkTime.NONE);
  }

  public static Report ready(TaskId from) {
    return of(from, Kind.READY, "");
  }

  /** Returns the report of one who lacks variables. */
  public static Report unserved(TaskId from) {
    return of(from, Kind.UNSERVED, "");
  }

  /** Returns the report that the first parts of sums are sent with, before all are computed. */
  public static Report early(TaskId from, Command command) {
    return new Report(from, Kind.SUMS, command.round(), command.group(), null, "", WorkTime.NONE);
  }

  /** Returns the report of the sums that a command asked for. */
  public static Report sums(TaskId from, Command command, PartialSums sums, WorkTime time) {
    return new Report(from, Kind.SUMS, command.round(), command.group(), () -> sums, "", time);
  }

  /** Returns this report with the sums of all tasks of the group, the others of which wait too. */
  public Report withSums(PartialSums all, List<Mate> others) {
    return new Report(from, kind, round, group, () -> all, text, time, others);
  }

  /** Returns its sender as one whose sums another task of the group brings. */
  public Mate asMate() {
    return new Mate(from.task(), from.attempt(), time);
  }

  /** Returns the report of one who has left these sums to its group. */
  public Report contributed() {
    return new Report(from, Kind.CONTRIBUTED, round, group, null, text, time);
  }

  /**
   * One part of a {@link Report} as bytes, little-endian: a header that names its sender, and text
   * or a part of the sums.
   *
   * @param from who sends it
   * @param kind what it is
   * @param round the round it is about
   * @param group the group that the sums are of
   * @param ask the number of the ask, so that parts of two asks are not mixed
   * @param part the index of this part
   * @param parts the number of parts
   * @param time how long the sums took
   * @param mates those whose sums are among them; in part 0 only
   * @param payload the rest, from its position
   */
  public record Frame(
      TaskId from,
      Report.Kind kind,
      long round,
      Command.Group group,
      int ask,
      int part,
      int parts,
      WorkTime time,
      List<Mate> mates,
      ByteBuffer payload) {

    public Frame {
      if (parts < 1 || parts > FlatFloats.MOST_PARTS || part < 0 || part >= parts) {
        throw new IllegalArgumentException("No report has a part %d of %d".formatted(part, parts));
      }
    }

    private static final int HEADER = 12 * Integer.BYTES + 5 * Long.BYTES;
    private static final int MATE = Integer.BYTES + 3 * Long.BYTES;

    /** Returns the number of bytes of the header of a part. */
    public static int headerBytes(Report report, int part) {
      return part == 0 ? HEADER + MATE * report.mates().size() : HEADER;
    }

    /** Writes a header at the begin of a little-endian buffer. */
    public static void begin(Report report, int ask, int part, int parts, ByteBuffer target) {
      TaskId from = report.from();
      target
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
      List<Mate> mates = part == 0 ? report.mates() : List.of();
      target.putInt(mates.size());
      for (Mate mate : mates) {
        target.putInt(mate.task()).putLong(mate.attempt());
        target.putLong(mate.time().readNanos()).putLong(mate.time().computeNanos());
      }
    }

    /** Returns a report without sums, as one part. */
    public static byte[] ofText(Report report) {
      byte[] text = report.text().getBytes(StandardCharsets.UTF_8);
      ByteBuffer frame = ByteBuffer.allocate(HEADER + text.length).order(ByteOrder.LITTLE_ENDIAN);
      begin(report, 0, 0, 1, frame);
      return frame.put(text).array();
    }

    /**
     * Reads the header of a frame.
     *
     * @throws IllegalArgumentException if the bytes can't be a frame; nothing is allocated by what
     *     they say
     */
    public static Frame parse(byte[] frame) {
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

      return new Frame(
          from,
          kind,
          buffer.getLong(),
          new Command.Group(buffer.getInt(), buffer.getInt()),
          buffer.getInt(),
          buffer.getInt(),
          buffer.getInt(),
          new WorkTime(buffer.getLong(), buffer.getLong()),
          mates(buffer),
          buffer);
    }

    private static List<Mate> mates(ByteBuffer buffer) {
      int count = buffer.getInt();
      if (count < 0 || count > buffer.remaining() / MATE) {
        throw new IllegalArgumentException("No report has the sums of %d tasks".formatted(count));
      }

      List<Mate> mates = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        mates.add(
            new Mate(
                buffer.getInt(),
                buffer.getLong(),
                new WorkTime(buffer.getLong(), buffer.getLong())));
      }

      return mates;
    }

    /**
     * Tells whether it was sent while others were computed. Others may be of sums that change while
     * they are sent, which nobody waits for any more, and are read when all are there.
     */
    public boolean isEarly() {
      return kind == Kind.SUMS && time.equals(WorkTime.NONE);
    }

    /** Returns the payload as text. */
    public String text() {
      return StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
    }
  }

  /**
   * A task whose sums another one of its group brings, and to which that one passes the answer on.
   *
   * @param task its index
   * @param attempt Spark's id of the attempt
   * @param time how long its sums took
   */
  public record Mate(int task, long attempt, WorkTime time) {}

  /**
   * How long a task worked on a round.
   *
   * @param readNanos the time it took to read its rows
   * @param computeNanos the rest
   */
  public record WorkTime(long readNanos, long computeNanos) {

    /** Of a task that did nothing. */
    public static final WorkTime NONE = new WorkTime(0, 0);
  }
}
