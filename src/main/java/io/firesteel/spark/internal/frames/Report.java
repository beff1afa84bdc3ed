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
 * @param sums the sums, called on the trainer's thread; of {@link Kind#SUMS} only
 * @param text of {@link Kind#HELLO} the {@link WorkerInfo}, of a failure what happened
 * @param time how long the sums took
 */
public record Report(
    TaskId from,
    Kind kind,
    long round,
    @Nullable Supplier<PartialSums> sums,
    String text,
    WorkTime time) {

  Report(TaskId from, Kind kind, long round, @Nullable Supplier<PartialSums> sums, String text) {
    this(from, kind, round, sums, text, WorkTime.NONE);
  }

  /** The kinds. */
  public enum Kind {
    /** The task is there and loads its shards; nothing is to be answered. */
    HELLO(1),

    /** The task waits for work. */
    READY(2),

    /** The task waits for work, with the variables: others of its process did not bring them. */
    UNSERVED(3),

    /** The task has done its work, and waits for more. */
    SUMS(4),

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
    return new Report(from, kind, 0, null, text);
  }

  public static Report ready(TaskId from) {
    return of(from, Kind.READY, "");
  }
}
