package io.firesteel.benchmark;

import com.sun.management.OperatingSystemMXBean;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.SparkSession;

/**
 * What the Training tab costs: the same fit with {@code spark.firesteel.ui.enabled} and without, by
 * turns, each first in every other round, on one Spark with its web UI and an event log.
 *
 * <p>Arguments: steps a round, hidden units, folder for the event log.
 */
public final class TabCostBenchmark {

  private static final int ROUNDS = 15;
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
    Cost[][] costs = new Cost[2][ROUNDS];
    for (int round = -1; round < ROUNDS; round++) {
      for (int turn = 0; turn < 2; turn++) {
        int on = (turn + round + 2) % 2;
        spark.sparkContext().conf().set(ENABLED, on == 1 ? "true" : "false");
        Cost cost = cost(data, steps, units);
        if (round >= 0) {
          costs[on][round] = cost;
        }
      }
    }

    System.out.printf("%,d steps, %d hidden units, tab on against off:%n", steps, units);
    print("time", costs, Cost::micros);
    print("processor time", costs, Cost::cpuMicros);
    LocalSpark.stop();
  }

  /** Prints medians and bests: noise adds to a round, it never takes away. */
  private static void print(String what, Cost[][] costs, ToDoubleFunction<Cost> of) {
    double[] off = Arrays.stream(costs[0]).mapToDouble(of).sorted().toArray();
    double[] on = Arrays.stream(costs[1]).mapToDouble(of).sorted().toArray();
    System.out.printf(
        "  %s: median of %d %.1f, %.1f microseconds a step, %+.1f %%; best %.1f, %.1f, %+.1f %%%n",
        what,
        ROUNDS,
        on[ROUNDS / 2],
        off[ROUNDS / 2],
        100 * (on[ROUNDS / 2] / off[ROUNDS / 2] - 1),
        on[0],
        off[0],
        100 * (on[0] / off[0] - 1));
  }

  /**
   * What a fit cost.
   *
   * @param micros microseconds a step
   * @param cpuMicros microseconds of all processors a step, with preparation and the end
   */
  private record Cost(double micros, double cpuMicros) {}

  private static Cost cost(ShardedDataset data, int steps, int units) {
    Sequential model =
        new Sequential()
            .add(Dense.of(units).activation("relu").inputShape(1))
            .add(Dense.of(units).activation("relu"))
            .add(Dense.of(2).activation("softmax"));
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    long cpuBefore = system.getProcessCpuTime();
    model.fit(
        data,
        FitOptions.builder().epochs(steps / 10).batchSize(BATCH).shards(2).verbose(0).build());
    double cpuMicros = (system.getProcessCpuTime() - cpuBefore) / 1e3 / steps;
    double samplesPerSecond = Objects.requireNonNull(model.lastTraining()).samplesPerSecond();
    return new Cost(1e6 * BATCH / samplesPerSecond, cpuMicros);
  }
}
