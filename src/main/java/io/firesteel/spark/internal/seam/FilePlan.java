package io.firesteel.spark.internal.seam;

import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a data set, as far as it says whether the rows are those of files in their order.
 *
 * <p>Why: {@code shuffle=false} without {@code orderBy} needs rows whose order does not change with
 * the cluster, and only the plan tells where rows come from.
 *
 * <p>What it relies on: {@code QueryExecution.withCachedData} and the classes of Catalyst's logical
 * plans. If they are not there, no data set has an order of its own, and {@code orderBy} is asked
 * for.
 */
public final class FilePlan {

  private FilePlan() {}

  /** Returns null if a data set is files that are read, filtered and projected, else its plan. */
  public static @Nullable String refused(Dataset<Row> dataset) {
    try {
      LogicalPlan plan = SparkLine.execution(dataset).withCachedData();
      return isFileScan(plan) ? null : firstLine(plan.toString());
    } catch (LinkageError | ClassCastException e) {
      return firstLine(e.toString());
    }
  }

  private static boolean isFileScan(LogicalPlan plan) {
    if (plan instanceof LogicalRelation relation) {
      return relation.relation() instanceof HadoopFsRelation;
    }

    boolean keepsOrder =
        plan instanceof Project || plan instanceof Filter || plan instanceof SubqueryAlias;
    return keepsOrder && plan.deterministic() && isFileScan(plan.children().head());
  }

  private static String firstLine(String text) {
    return Stream.of(text.split("\n", 2)).findFirst().orElse("").strip();
  }
}
