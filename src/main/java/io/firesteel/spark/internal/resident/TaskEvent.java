package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the trainer's thread waits for while a round is open. */
sealed interface TaskEvent {

  /**
   * The sums of a task came.
   *
   * @param incarnation the job they are of
   * @param report who brought them, for whom, and how long they took
   * @param sums the sums
   * @param tasks of how many tasks they are
   * @param others those of them that have not reported themselves
   */
  record Sums(
      int incarnation,
      Report report,
      Supplier<PartialSums> sums,
      int tasks,
      List<Report.Mate> others)
      implements TaskEvent {
    /** Returns who worked on them, but for those that have told so themselves. */
    List<Report.Mate> workers() {
      List<Report.Mate> workers = new ArrayList<>(others);
      workers.add(report.asMate());
      return workers;
    }
  }

  /**
   * A part of sums came, while others are computed or on their way.
   *
   * @param incarnation the job they are of
   * @param round the round they are of
   * @param reader what reads them, and is used again in the next round
   * @param index the index of the part
   * @param payload the part
   */
  record Part(int incarnation, long round, SumsCodec.Reader reader, int index, ByteBuffer payload)
      implements TaskEvent {
    /** Makes room for the sums; to be called before parts are read, by one thread. */
    void prepare() {
      reader.prepare(payload);
    }

    /** Reads the part, unless it was read. */
    void read() {
      reader.read(index, payload);
    }
  }

  /**
   * A task left its sums to its group.
   *
   * @param incarnation the job it is of
   * @param worker which one, and how long they took
   */
  record Contributed(int incarnation, Report.Mate worker) implements TaskEvent {}

  /** A task waits for the round's work. */
  record Waiting() implements TaskEvent {}

  /**
   * A task started.
   *
   * @param from which one
   * @param info what it says of itself
   */
  record Joined(TaskId from, WorkerInfo info) implements TaskEvent {}

  /**
   * A task refused to go on, as every attempt would.
   *
   * @param incarnation the job it is of
   */
  record Refused(int incarnation) implements TaskEvent {}

  /**
   * The job can't go on as it is: it must be put together anew.
   *
   * @param incarnation the job
   * @param reason why
   * @param tasks how many tasks the next one is to have, 0 for as many as there are slots
   */
  record Broken(int incarnation, String reason, int tasks) implements TaskEvent {}

  /**
   * The job ended.
   *
   * @param incarnation the job
   * @param failure why, null if all tasks returned
   */
  record Ended(int incarnation, @Nullable Throwable failure) implements TaskEvent {}

  /**
   * A task could not take part.
   *
   * @param incarnation the job it is of
   * @param what what its process lacks, and which one it is
   */
  record Unavailable(int incarnation, String what) implements TaskEvent {}

  /**
   * A round takes too long.
   *
   * @param round the round
   */
  record Stuck(long round) implements TaskEvent {}
}
