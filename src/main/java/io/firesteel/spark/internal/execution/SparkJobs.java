package io.firesteel.spark.internal.execution;

import io.firesteel.internal.monitoring.Causes;
import io.firesteel.spark.internal.seam.SparkLine;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every Spark job of Firesteel has: a description, a tag, its first cause if it fails, and
 * patience with executors that shut down.
 *
 * <p>An executor that was told to end, by a resource manager or because its memory ran out, refuses
 * tasks until Spark has noticed, and {@code spark.task.maxFailures} refusals within milliseconds
 * fail a job that has no other executor. Such a job is run again until the executor is gone.
 */
public final class SparkJobs {

  private static final Logger LOG = LoggerFactory.getLogger(SparkJobs.class);
  private static final long PAUSE_MILLIS = 1000;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);
  private static final String TAG = "firesteel";
  private static final String DESCRIPTION = "spark.job.description";
  private static final String REFUSED_TASK = "RejectedExecutionException: Task ";
  private static final String REFUSED_BY = "org.apache.spark.executor.Executor$TaskRunner";
  private static final String CANCELLED = "SPARK_JOB_CANCELLED";

  private SparkJobs() {}

  /**
   * Runs jobs under a description. The caller's job group and other properties stay as they are. If
   * the thread is interrupted, the jobs are cancelled. If they come upon an executor that shuts
   * down, they are run again, for two minutes at most.
   *
   * @throws CancellationException if the thread was interrupted, or somebody cancelled a job
   * @throws IllegalStateException if a job fails, with the first cause of the failure
   */
  public static <T> T described(SparkContext context, String description, Supplier<T> jobs) {
    String before = context.getLocalProperty(DESCRIPTION);
    boolean tagged = context.getJobTags().contains(TAG);
    String ownTag = TAG + "-" + UUID.randomUUID();
    context.setJobDescription(description);
    context.addJobTag(TAG);
    context.addJobTag(ownTag);
    try {
      return patiently(description, jobs);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        context.cancelJobsWithTag(ownTag);
        Thread.currentThread().interrupt();
      }

      throw failure(description, e);
    } finally {
      context.setJobDescription(before);
      context.removeJobTag(ownTag);
      if (!tagged) {
        context.removeJobTag(TAG);
      }
    }
  }

  private static <T> T patiently(String description, Supplier<T> jobs) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (true) {
      try {
        return jobs.get();
      } catch (Exception e) {
        if (!isOfLeavingExecutor(e) || System.nanoTime() > deadline) {
          throw e;
        }

        LOG.warn("{}: run again, as an executor shuts down", description);
        pauseAfter(e);
      }
    }
  }

  /** Waits for a while if a job failed because of an executor shutting down. */
  public static void pauseAfter(Throwable failure) throws InterruptedException {
    if (isOfLeavingExecutor(failure)) {
      Thread.sleep(PAUSE_MILLIS);
    }
  }

  /** Returns the exception that says why a job failed. Errors of the caller's own stay the same. */
  private static RuntimeException failure(String description, Exception failure) {
    if (failure instanceof InterruptedException) {
      return new CancellationException(description + ": interrupted");
    }

    if (isCancellation(Causes.first(failure))) {
      return new CancellationException(description + ": the job was cancelled");
    }

    if (failure instanceof RuntimeException own
        && Causes.of(failure).stream().noneMatch(SparkException.class::isInstance)) {
      return own;
    }

    return new IllegalStateException(
        "%s: failed with %s".formatted(description, Causes.first(failure)), failure);
  }

  /** Tells whether a failure says that somebody cancelled the job. */
  public static boolean isCancellation(Throwable failure) {
    return failure instanceof SparkException spark && CANCELLED.equals(SparkLine.condition(spark));
  }

  /** Tells whether a job failed because all that its tasks found was an executor shutting down. */
  public static boolean isOfLeavingExecutor(Throwable failure) {
    return Causes.of(failure).stream()
        .map(cause -> String.valueOf(cause.getMessage()))
        .anyMatch(message -> message.contains(REFUSED_TASK) && message.contains(REFUSED_BY));
  }
}
