package io.firesteel.spark.internal.frames;

import io.firesteel.internal.gradients.PartialSums;
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
 */
public record Report(
    TaskId from,
    Kind kind,
    long round,
    TaskGroup group,
    @Nullable Supplier<PartialSums> sums,
    String text,
    WorkTime time) {

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
    return new Report(from, kind, 0, TaskGroup.ALONE, null, text, WorkTime.NONE);
  }

  public static Report ready(TaskId from) {
    return of(from, Kind.READY, "");
  }

  /** Returns the report of the sums that a command asked for. */
  public static Report sums(TaskId from, Command command, PartialSums sums, WorkTime time) {
    return new Report(from, Kind.SUMS, command.round(), command.group(), () -> sums, "", time);
  }

  /** Returns this report with the sums of all tasks of the group. */
  public Report withSums(PartialSums all) {
    return new Report(from, kind, round, group, () -> all, text, time);
  }

  /** Returns the report of one who has left these sums to its group. */
  public Report contributed() {
    return new Report(from, Kind.CONTRIBUTED, round, group, null, text, time);
  }
}
