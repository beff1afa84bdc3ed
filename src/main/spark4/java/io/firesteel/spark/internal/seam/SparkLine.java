package io.firesteel.spark.internal.seam;

import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.execution.QueryExecution;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** What Spark 4 names otherwise than Spark 3.5. */
public final class SparkLine {

  private SparkLine() {}

  /**
   * Returns how Spark runs a data set.
   *
   * @throws ClassCastException if it is a data set of a client of Spark Connect
   */
  static QueryExecution execution(Dataset<Row> dataset) {
    return ((org.apache.spark.sql.classic.Dataset<Row>) dataset).queryExecution();
  }

  /** Returns the name of the condition that a failure has; null if it has none. */
  public static @Nullable String condition(SparkException failure) {
    return failure.getCondition();
  }

  /** Cancels a job, and says why. */
  public static void cancel(SimpleFutureAction<?> job, String reason) {
    job.cancel(Option.apply(reason));
  }
}
