package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.testing.ExecutorWatch;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableValues;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tasks of an executor send one set of sums, whatever the executors and their cores. */
@Tag("spark")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class ExecutorSumsTest {

  private static final int STEPS = 3;
  private static final BatchPlan PLAN = new BatchPlan(200, 67, 16, 5, true);

  @AfterAll
  static void stop() {
    LocalSpark.stop();
  }

  /**
   * The bits are those of one process; each step brings the parameters once for each set of sums,
   * of which there is one an executor where the tree has a node for its shards; and one task an
   * executor asks, unless the others had to wait for it too long.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 1, 1", "1, 4, 1", "2, 2, 2", "2, 3, 2", "3, 1, 7", "3, 4, 7", "4, 1, 4", "4, 4, 4"
  })
  void oneSetOfSumsForEachExecutor(int executors, int cores, int sets) {
    requireOneSetEach(executors, cores, sets, 400);
  }

  /** The other numbers of executors and cores up to 4: {@code mvn -Pscale test}. */
  @ParameterizedTest
  @CsvSource({
    "1, 2, 1", "1, 3, 1", "2, 1, 2", "2, 4, 2", "3, 2, 7", "3, 3, 7", "4, 2, 4", "4, 3, 4"
  })
  @EnabledIfSystemProperty(named = "firesteel.scale", matches = "true")
  void oneSetOfSumsForEachExecutorOfOtherNumbers(int executors, int cores, int sets) {
    requireOneSetEach(executors, cores, sets, 400);
  }

  /** Several tasks an executor ask by several parts at the same time. */
  @Test
  @Timeout(300)
  void modelsOfSeveralPartsToo() {
    requireOneSetEach(2, 3, 2, 40_000);
  }

  private static void requireOneSetEach(int executors, int cores, int sets, int width) {
    SparkSession spark =
        LocalSpark.session(
            "local-cluster[%d,%d,512]".formatted(executors, cores), "spark.executor.memory=512m");
    ExecutorWatch.of(spark.sparkContext()).awaitRegistered(executors);
    NetworkSpec network = TinyTraining.network(width);
    try (ResidentGradientSource source =
        (ResidentGradientSource) TinyDatasets.sharded(spark, 200, 3, 4).open(network, PLAN)) {
      assertEquals(TinyTraining.train(TinyTraining.local(200), PLAN, 2), train(spark));
      VariableValues variables = VariableValues.copyOf(Network.of(network).createVariables(1));
      source.gradients(variables, new Step(0, 0, 0, 1.0f));
      ResidentTasks tasks = Objects.requireNonNull(source.residents());
      assertEquals(Math.min(16, executors * cores), tasks.tasks());
      long before = tasks.driver().sumsBytes();
      long fewestAsks = Long.MAX_VALUE;
      for (int step = 1; step <= STEPS; step++) {
        long asked = tasks.driver().asks();
        source.gradients(variables, new Step(step, 0, step % 3, 1.0f));
        fewestAsks = Math.min(fewestAsks, tasks.driver().asks() - asked);
      }

      assertEquals(executors, fewestAsks, "one task an executor asks for all");
      int parts = new ExecutorVariables(parameters(variables)).parts();
      assertEquals(parts > 1, tasks.driver().earlyParts() > 0, "parts leave before the last one");

      long bytes = (tasks.driver().sumsBytes() - before) / STEPS;
      long expected = (long) sets * parameters(variables) * Float.BYTES;
      long shapes = 500L * (sets + executors * expected / (200 << 10));
      assertTrue(
          bytes >= expected && bytes < expected + shapes,
          "%d bytes a step, not %d and little more".formatted(bytes, expected));
    }
  }

  private static int parameters(VariableValues variables) {
    int parameters = 0;
    for (float[] values : variables.values()) {
      parameters += values.length;
    }

    return parameters;
  }

  private static String train(SparkSession spark) {
    return TinyTraining.train(TinyDatasets.sharded(spark, 200, 3, 4), PLAN, 2);
  }
}
