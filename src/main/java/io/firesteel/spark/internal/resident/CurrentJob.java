package io.firesteel.spark.internal.resident;

import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The job that a fit's resident tasks belong to, if there is one now. Each job of a fit is another
 * incarnation; what is heard of earlier ones counts for nothing.
 */
final class CurrentJob {

  private static final int NONE = -1;
  private static final long LEAVE_MILLIS = 2000;

  private final ResidentJobs jobs;
  private final long fit = ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);
  private final TaskExchange exchange = new TaskExchange(fit);
  private @Nullable ResidentJob job;
  private int incarnation = NONE;
  private int tasks;
  private long startedAt;
  private int submitted;

  CurrentJob(ResidentJobs jobs) {
    this.jobs = jobs;
  }

  /** Returns a number of the fit's own. */
  long fit() {
    return fit;
  }

  /** Returns what the tasks say and are told. */
  TaskExchange exchange() {
    return exchange;
  }

  /** Returns how many jobs were submitted. */
  int submitted() {
    return submitted;
  }

  /** Tells whether there is a job. */
  boolean isThere() {
    return job != null;
  }

  /** Tells whether the job is that incarnation. */
  boolean is(int number) {
    return incarnation == number;
  }

  /** Returns how many tasks the job has, 0 if there is none. */
  int tasks() {
    return job == null ? 0 : tasks;
  }

  /** Returns for how long there has been a job. */
  long millis() {
    return (System.nanoTime() - startedAt) / 1_000_000;
  }

  /**
   * Submits a job.
   *
   * @param listener returns who hears of an incarnation
   */
  void submit(int wantedTasks, IntFunction<ResidentJob.Listener> listener) {
    tasks = wantedTasks;
    startedAt = System.nanoTime();
    incarnation = exchange.admit(tasks);
    submitted++;
    job = jobs.submit(fit, incarnation, tasks, listener.apply(incarnation));
  }

  /** Tells the tasks to go; returns the job, which there is no longer, or null. */
  @Nullable ResidentJob dismiss() {
    exchange.dismiss();
    ResidentJob dismissed = job;
    job = null;
    incarnation = NONE;
    return dismissed;
  }

  /** Lets the tasks go, and gives them some time to do so. */
  void leave(String reason) throws InterruptedException {
    ResidentJob leaving = dismiss();
    if (leaving != null && !leaving.awaitEnd(LEAVE_MILLIS)) {
      leaving.cancel(reason);
    }
  }

  /** Cancels the job. */
  void abandon(String reason) {
    ResidentJob abandoned = dismiss();
    if (abandoned != null) {
      abandoned.cancel(reason);
    }
  }
}
