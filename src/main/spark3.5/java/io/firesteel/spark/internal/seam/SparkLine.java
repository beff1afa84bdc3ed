package io.firesteel.spark.internal.seam;

import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.QueryExecution;
import org.jspecify.annotations.Nullable;

/** What Spark 3.5 names otherwise than Spark 4. */
public final class SparkLine {

  private SparkLine() {}

  /** Returns how Spark runs a data set. */
  static QueryExecution execution(Dataset<Row> dataset) {
    return dataset.queryExecution();
  }

  /** Returns the name of the condition that a failure has; null if it has none. */
  public static @Nullable String condition(SparkException failure) {
    return failure.getErrorClass();
  }

  /** Cancels a job. Spark 3.5 has no place for the reason. */
  public static void cancel(SimpleFutureAction<?> job, String reason) {
    job.cancel();
  }
}
