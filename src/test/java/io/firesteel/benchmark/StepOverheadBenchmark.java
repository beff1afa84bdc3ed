package io.firesteel.benchmark;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What a step costs besides its arithmetic: a linear model with one row a shard, in memory, by
 * resident tasks and by a job a step, and the messages of that size alone.
 *
 * <p>Arguments: parameters, master, shards, steps a round. Prints the median milliseconds a step of
 * several rounds, by turns.
 */
public final class StepOverheadBenchmark {

  private static final int ROUNDS = 5;
  private static final int JOB_SHARE = 50;

  private StepOverheadBenchmark() {}

  /** Runs the comparison. */
  public static void main(String[] args) {
    int parameters = Integer.parseInt(args[0]);
    String master = args[1];
    int shards = Integer.parseInt(args[2]);
    int steps = Integer.parseInt(args[3]);
    int features = parameters < 10_000 ? parameters - 1 : 999;
    int outputs = Math.max(1, parameters / (features + 1));
    NetworkSpec network =
        Network.of(
                "linear",
                Shape.of(features),
                List.of(Dense.of(outputs).withName("dense")),
                Losses.get("mean_squared_error"),
                List.of())
            .spec();
    SparkSession spark =
        LocalSpark.session(master, "spark.executor.extraJavaOptions=-XX:+UseParallelGC");
    BatchPlan plan = new BatchPlan(shards, shards, shards, 0, true);
    VariableValues variables = VariableValues.copyOf(Network.of(network).createVariables(1));
    try (GradientSource local = local(shards, features, outputs).open(network, plan);
        GradientSource resident = open(spark, "resident", network, plan, features, outputs);
        GradientSource job = open(spark, "job", network, plan, features, outputs)) {
      double[][] millis = new double[3][ROUNDS];
      for (int round = -1; round < ROUNDS; round++) {
        double inMemory = time(local, variables, steps);
        double byResidents = time(resident, variables, steps);
        double byJobs = jobs(resident, job, variables, Math.max(3, steps / JOB_SHARE));
        if (round >= 0) {
          millis[0][round] = inMemory;
          millis[1][round] = byResidents;
          millis[2][round] = byJobs;
        }
      }

      double wire = master.startsWith("local[") ? 0 : WireBenchmark.messages(spark, 2, parameters);
      print(parameters, master, millis, wire);
    }

    LocalSpark.stop();
  }

  private static void print(int parameters, String master, double[][] millis, double wire) {
    double local = median(millis[0]);
    double resident = median(millis[1]);
    double job = median(millis[2]);
    System.out.printf(
        "%,d parameters, %s: in memory %.3f, resident %.3f, job %.3f ms a step; job/resident"
            + " %.0f; messages alone %.3f%n",
        parameters, master, local, resident, job, job / resident, wire);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** The residents must not hold the slots meanwhile. */
  private static double jobs(
      GradientSource resident, GradientSource job, VariableValues variables, int steps) {
    job.gradients(variables, new Step(0, 0, 0, 1.0f));
    double millis = time(job, variables, steps);
    resident.gradients(variables, new Step(0, 0, 0, 1.0f));
    return millis;
  }

  private static double time(GradientSource source, VariableValues variables, int steps) {
    long start = System.nanoTime();
    for (int t = 0; t < steps; t++) {
      source.gradients(variables, new Step(t, 0, 0, 1.0f));
    }

    return (System.nanoTime() - start) / 1e6 / steps;
  }

  private static GradientSource open(
      SparkSession spark,
      String source,
      NetworkSpec network,
      BatchPlan plan,
      int features,
      int outputs) {
    spark.sparkContext().conf().set("spark.firesteel.gradientSource", source);
    return sharded(spark, (int) plan.rows(), features, outputs).open(network, plan);
  }

  private static TrainingData sharded(SparkSession spark, int rows, int features, int outputs) {
    List<Row> list = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      list.add(RowFactory.create(values(row, features), values(-row, outputs)));
    }

    StructType schema =
        new StructType().add("x", SQLDataTypes.VectorType()).add("y", SQLDataTypes.VectorType());
    Dataset<Row> frame =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(list, 2), schema);
    return ShardedDataset.of(frame).features("x").label("y");
  }

  private static Vector values(int row, int width) {
    double[] values = new double[width];
    for (int i = 0; i < width; i++) {
      values[i] = (float) StrictMath.sin(row + i);
    }

    return Vectors.dense(values);
  }

  private static TrainingData local(int rows, int features, int outputs) {
    float[][] x = new float[rows][features];
    float[][] y = new float[rows][outputs];
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < features; i++) {
        x[row][i] = (float) StrictMath.sin(row + i);
      }

      for (int i = 0; i < outputs; i++) {
        y[row][i] = (float) StrictMath.sin(-row + i);
      }
    }

    return LocalData.of(x, y);
  }
}
