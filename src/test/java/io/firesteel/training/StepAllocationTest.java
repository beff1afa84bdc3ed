package io.firesteel.training;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.LocalGradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.losses.Losses;
import io.firesteel.metrics.Metrics;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.testing.Digits;
import io.firesteel.variables.VariableValues;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** After some steps to warm up, a step of training works in the buffers that are there. */
class StepAllocationTest {

  /* A batch of each shard, the step, what lists the sums of a call: a few small objects. */
  private static final int SMALL_OBJECTS = 1024;
  private static final int SHARDS = 5;
  private static final int STEPS = 600;

  private static final Network NETWORK =
      Network.of(
          "digits",
          Shape.of(64),
          List.of(
              Dense.of(48).activation("relu").withName("first"),
              Dropout.of(0.2).withName("dropout"),
              Dense.of(32).activation("tanh").withName("second"),
              Dense.of(10).activation("softmax").withName("third")),
          Losses.get("sparse_categorical_crossentropy"),
          List.of(
              Metrics.resolve("accuracy", 10, 1),
              Metrics.get("sparse_top_k_categorical_accuracy"),
              Metrics.get("sparse_categorical_crossentropy")));

  private final VariableValues variables = VariableValues.of(NETWORK.createVariables(1));
  private final BatchPlan plan = new BatchPlan(1600, 200, SHARDS, 3, true);
  private int steps;

  @Test
  void aStepOnOneThreadAllocatesFewSmallObjects() {
    try (LocalGradientSource source = source(1)) {
      EpochSums sums = new EpochSums(NETWORK);
      Map<String, Double> logs = new LinkedHashMap<>();
      long bytes =
          AllocatedBytes.perCall(
              STEPS,
              () -> {
                GradientSums gradients = source.gradients(variables, nextStep());
                sums.add(gradients.totals(), gradients.totals().loss());
                sums.putInto(logs, "");
              });
      assertTrue(bytes < SMALL_OBJECTS, bytes + " bytes a step");
    }
  }

  @Test
  void theCallersThreadAllocatesLittleForMoreThreads() {
    try (LocalGradientSource source = source(3)) {
      long bytes = AllocatedBytes.perCall(STEPS, () -> source.gradients(variables, nextStep()));
      assertTrue(bytes < SMALL_OBJECTS, bytes + " bytes a step");
    }
  }

  @Test
  void anEvaluationAllocatesFewSmallObjects() {
    try (LocalGradientSource source = source(1)) {
      long bytes =
          AllocatedBytes.perCall(STEPS, () -> source.evaluate(DataSet.TRAINING, variables));
      assertTrue(bytes < SMALL_OBJECTS, bytes + " bytes an evaluation");
    }
  }

  /* All in one epoch: each epoch has an order of its own, which is a new array. */
  private Step nextStep() {
    return new Step(steps, 0, steps++ % plan.batches(), 2.0f);
  }

  private LocalGradientSource source(int threads) {
    float[] weights = new float[1600];
    RandomStream random = RandomStream.of(5);
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextFloat();
    }

    LocalData data = Digits.rows(0, 1600).weights(weights).threads(threads);
    return (LocalGradientSource) data.open(NETWORK.spec(), plan);
  }
}
