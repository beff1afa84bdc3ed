package io.firesteel.spark.internal.execution;

import io.firesteel.internal.monitoring.Causes;
import io.firesteel.spark.internal.seam.SparkLine;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;

/** What every Spark job of Firesteel has: a description, a tag, and its first cause if it fails. */
public final class SparkJobs {

  private static final String TAG = "firesteel";
  private static final String DESCRIPTION = "spark.job.description";
  private static final String CANCELLED = "SPARK_JOB_CANCELLED";

  private SparkJobs() {}

  /**
   * Runs jobs under a description. The caller's job group and other properties stay as they are. If
   * the thread is interrupted, the jobs are cancelled.
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
      return jobs.get();
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
}
