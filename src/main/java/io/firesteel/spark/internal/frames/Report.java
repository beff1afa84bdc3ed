package io.firesteel.spark.internal.frames;

import io.firesteel.training.PartialSums;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a resident task tells the driver.
 *
 * @param from who tells it
 * @param kind what it is
 * @param round the round it is about, 0 where there is none
 * @param sums the sums, called on the trainer's thread; of {@link Kind#SUMS} only
 * @param text of {@link Kind#HELLO} the {@link Greeting}, of a failure what happened
 * @param time how long the sums took
 */
public record Report(
    ResidentId from,
    Kind kind,
    long round,
    @Nullable Supplier<PartialSums> sums,
    String text,
    WorkTime time) {

  Report(
      ResidentId from, Kind kind, long round, @Nullable Supplier<PartialSums> sums, String text) {
    this(from, kind, round, sums, text, WorkTime.NONE);
  }

  /** The kinds, in the order of their numbers on the wire. */
  public enum Kind {
    /** The task is there and loads its shards; nothing is to be answered. */
    HELLO,
    /** The task waits for work. */
    READY,
    /** The task waits for work, with the variables: others of its process did not bring them. */
    UNSERVED,
    /** The task has done its work, and waits for more. */
    SUMS,
    /** The task ends by an exception; nothing is to be answered. */
    FAILED,
    /** The task ends by an exception that every attempt would meet; nothing is to be answered. */
    REFUSED
  }

  public static Report of(ResidentId from, Kind kind, String text) {
    return new Report(from, kind, 0, null, text);
  }

  public static Report ready(ResidentId from) {
    return of(from, Kind.READY, "");
  }
}
