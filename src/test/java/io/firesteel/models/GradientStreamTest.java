package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.internal.data.ShardBlock;
import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.ShardWorker;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.gradients.SumsStream;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.layers.Add;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.GlobalAveragePooling1D;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What leaves a step while it is computed, and what it waits for. */
class GradientStreamTest {

  private static final int ROWS = 40;
  private static final int SHARDS = 7;

  /** A layer that is called twice, a frozen one, statistics, and sums of rows. */
  private static Network functional() {
    KerasTensor input = Input.of(TinyTraining.FEATURES).output();
    Dense shared = Dense.of(TinyTraining.FEATURES).activation("tanh").name("shared");
    KerasTensor once = shared.call(input);
    KerasTensor twice = shared.call(BatchNormalization.of().call(once));
    KerasTensor frozen = Dense.of(TinyTraining.FEATURES).trainable(false).call(twice);
    KerasTensor both = Add.of().call(List.of(once, frozen));
    Model model = new Model(input, Dense.of(3).activation("softmax").call(both));
    model.compile("sgd", "sparse_categorical_crossentropy");
    return model.built().network();
  }

  private static Network embedded() {
    KerasTensor ids = Input.of(4).dtype("int32").output();
    KerasTensor mean = GlobalAveragePooling1D.of().call(Embedding.of(50, 6).call(ids));
    KerasTensor hidden = Dense.of(5).activation("relu").call(mean);
    Model model = new Model(ids, Dense.of(3).activation("softmax").call(hidden));
    model.compile("sgd", "sparse_categorical_crossentropy");
    return model.built().network();
  }

  private static List<ShardBlock> blocks(Network network, BatchPlan plan) {
    int width = network.inputShape().size();
    List<ShardBlock> blocks = new ArrayList<>();
    for (int shard = 0; shard < SHARDS; shard++) {
      int rows = (ROWS - shard + SHARDS - 1) / SHARDS;
      ShardBlock.Builder builder = ShardBlock.builder(shard, rows, RowLayout.of(width, 1));
      for (int row = 0; row < rows; row++) {
        float[] values = new float[width + 1];
        for (int i = 0; i < width; i++) {
          values[i] = (shard + SHARDS * row) * (i + 3) % 47;
        }

        values[width] = (shard + row) % 3;
        builder.add(values);
      }

      blocks.add(builder.build());
    }

    return blocks;
  }

  private static List<String> totals(PartialSums sums) {
    return sums.sums().stream().map(sum -> TinyTraining.describe(sum.totals())).toList();
  }

  /** Keeps the totals when the first gradient was announced, and what each was then. */
  private static final class Recorder implements SumsStream {
    private List<String> totals = List.of();
    private final Map<Integer, List<float[]>> announced = new TreeMap<>();
    private final List<Integer> awaited = new ArrayList<>();
    private PartialSums sums = new PartialSums(List.of(), List.of(), List.of());

    @Override
    public void begin(PartialSums newSums) {
      sums = newSums;
      totals = totals(newSums);
    }

    @Override
    public void awaitVariables(int count) {
      awaited.add(count);
    }

    @Override
    public void finished(int gradient) {
      List<float[]> values = new ArrayList<>();
      sums.sums().forEach(sum -> values.add(sum.gradients()[gradient].clone()));
      assertNull(announced.put(gradient, values), "announced twice: " + gradient);
    }
  }

  private static void requireSameBits(Network network, int rowSums, int batches) {
    BatchPlan plan = new BatchPlan(ROWS, ROWS / batches, SHARDS, 3, true);
    List<ShardBlock> blocks = blocks(network, plan);
    VariableValues variables = VariableValues.copyOf(network.createVariables(1));
    for (int lo = 0; lo < SHARDS; lo++) {
      for (int hi = lo + 1; hi <= SHARDS; hi++) {
        for (int batch = 0; batch < batches; batch++) {
          ShardRange range = new ShardRange(lo, hi);
          Step step = new Step(1, 0, batch, 1.0f);
          Recorder recorder = new Recorder();
          PartialSums streamed =
              new ShardWorker(network)
                  .gradients(plan, range, blocks::get, variables, step, recorder);
          PartialSums whole = inOne(network, plan, range, blocks, variables, step);
          assertEquals(whole.nodes(), streamed.nodes());
          assertEquals(totals(whole), totals(streamed));
          assertEquals(totals(whole), recorder.totals);
          for (int i = 0; i < whole.sums().size(); i++) {
            GradientSums sum = streamed.sums().get(i);
            assertArrayEquals(whole.sums().get(i).arrays(), sum.arrays());
            for (Map.Entry<Integer, List<float[]>> each : recorder.announced.entrySet()) {
              assertArrayEquals(sum.gradients()[each.getKey()], each.getValue().get(i));
            }
          }

          if (!recorder.announced.isEmpty()) {
            int gradients = streamed.sums().get(0).gradients().length;
            assertEquals(gradients - rowSums, recorder.announced.size());
            assertTrue(recorder.awaited.contains(variables.size()));
          }
        }
      }
    }
  }

  /** The sums as nodes of single shards, added by the tree. */
  private static PartialSums inOne(
      Network network,
      BatchPlan plan,
      ShardRange range,
      List<ShardBlock> blocks,
      VariableValues variables,
      Step step) {
    GradientAggregator all = new GradientAggregator(SHARDS);
    for (int shard = range.lo(); shard < range.hi(); shard++) {
      ShardRange one = new ShardRange(shard, shard + 1);
      all.add(
          new ShardWorker(network)
              .gradients(plan, one, blocks::get, variables, step, SumsStream.NONE));
    }

    PartialSums sums = all.planned();
    int gradients = sums.sums().isEmpty() ? 0 : sums.sums().get(0).gradients().length;
    for (int gradient = 0; gradient < gradients; gradient++) {
      all.addGradient(gradient);
    }

    all.addTotals();
    all.addRowsAndStatistics();
    return sums;
  }

  @Test
  void gradientsAreCompleteWhenTheyAreAnnounced() {
    requireSameBits(Network.of(TinyTraining.network()), 0, 1);
    requireSameBits(functional(), 0, 1);
  }

  /** Small batches leave shards without rows, the last one too. */
  @Test
  void shardsWithoutRowsAreLeftOut() {
    requireSameBits(functional(), 0, 10);
  }

  @Test
  void sumsOfRowsLeaveInTheEnd() {
    requireSameBits(embedded(), 1, 1);
  }

  /** A layer waits for its own variables and those before it. */
  @Test
  void layersWaitForWhatTheyUse() {
    Network network = Network.of(TinyTraining.network());
    BatchPlan plan = new BatchPlan(ROWS, ROWS, SHARDS, 3, true);
    Recorder recorder = new Recorder();
    new ShardWorker(network)
        .gradients(
            plan,
            new ShardRange(0, 2),
            blocks(network, plan)::get,
            VariableValues.copyOf(network.createVariables(1)),
            new Step(1, 0, 0, 1.0f),
            recorder);
    assertEquals(List.of(2, 0, 4, 2, 0, 4), recorder.awaited);
  }
}
