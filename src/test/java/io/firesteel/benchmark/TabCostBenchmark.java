package io.firesteel.benchmark;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import java.util.Arrays;
import java.util.Objects;
import org.apache.spark.sql.SparkSession;

/**
 * What the Training tab costs: the same fit with {@code spark.firesteel.ui.enabled} and without, by
 * turns, on one Spark with its web UI and an event log.
 *
 * <p>Arguments: steps a round, hidden units, folder for the event log. Prints the median
 * microseconds a step of several rounds.
 */
public final class TabCostBenchmark {

  private static final int ROUNDS = 7;
  private static final int BATCH = 256;
  private static final String ENABLED = "spark.firesteel.ui.enabled";

  private TabCostBenchmark() {}

  /** Runs the comparison. */
  public static void main(String[] args) {
    int steps = Integer.parseInt(args[0]);
    int units = Integer.parseInt(args[1]);
    SparkSession spark =
        LocalSpark.session(
            "local[2]",
            "spark.ui.enabled=true",
            "spark.ui.port=0",
            "spark.eventLog.enabled=true",
            "spark.eventLog.dir=" + args[2]);
    ShardedDataset data =
        ShardedDataset.of(spark.range(10 * BATCH).selectExpr("id / 2560 as x", "id % 2 as y"))
            .features("x")
            .label("y");
    double[][] micros = new double[2][ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      for (int on = 0; on < 2; on++) {
        spark.sparkContext().conf().set(ENABLED, on == 1 ? "true" : "false");
        double took = microsPerStep(data, steps, units);
        if (round >= 0) {
          micros[on][round] = took;
        }
      }
    }

    Arrays.sort(micros[0]);
    Arrays.sort(micros[1]);
    double off = micros[0][ROUNDS / 2];
    double on = micros[1][ROUNDS / 2];
    System.out.printf(
        "%,d steps, %d hidden units: tab off %.1f, on %.1f microseconds a step, %+.1f %%%n",
        steps, units, off, on, 100 * (on / off - 1));
    LocalSpark.stop();
  }

  private static double microsPerStep(ShardedDataset data, int steps, int units) {
    Sequential model =
        new Sequential()
            .add(Dense.of(units).activation("relu").inputShape(1))
            .add(Dense.of(units).activation("relu"))
            .add(Dense.of(2).activation("softmax"));
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    model.fit(
        data,
        FitOptions.builder().epochs(steps / 10).batchSize(BATCH).shards(2).verbose(0).build());
    return 1e6 * BATCH / Objects.requireNonNull(model.lastTraining()).samplesPerSecond();
  }
}
