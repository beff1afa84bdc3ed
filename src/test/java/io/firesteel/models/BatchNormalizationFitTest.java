package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Network;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.Digits;
import io.firesteel.testing.InterruptAfter;
import io.firesteel.testing.InterruptAfter.Interruption;
import io.firesteel.testing.MemoryCheckpoints;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models whose layers measure statistics: against Keras, over several shards, and resumed. */
class BatchNormalizationFitTest {

  private static final LocalData DATA = Digits.rows(0, 150);

  @Test
  void oneShardGivesWhatKerasGives() throws IOException {
    ConfigReader golden = golden().reader("golden");
    ConfigReader run = golden.config("cases").reader("cases").config("sgd_momentum").reader("run");
    Sequential model = Sequential.fromJson(run.config("model").toJson());
    model.compile(run.config("optimizer"), "sparse_categorical_crossentropy", "accuracy");
    List<?> initial = run.list("initial");
    assertEquals(initial.size(), model.variables().size());
    for (int v = 0; v < initial.size(); v++) {
      model.variables().get(v).assign(floats(initial.get(v)));
    }

    LocalData rows = Digits.rows(0, (int) golden.integer("rows"));
    model.fit(
        rows,
        FitOptions.builder()
            .epochs((int) golden.integer("epochs"))
            .batchSize((int) golden.integer("batch_size"))
            .shuffle(false)
            .shards(1)
            .verbose(0)
            .build());

    List<?> expected = run.list("final");
    for (int v = 0; v < expected.size(); v++) {
      Variable variable = model.variables().get(v);
      float[] values = floats(expected.get(v));
      assertArrayEquals(values, variable.values(), 2e-3f, variable.path());
    }

    assertEquals(run.number("test_loss"), model.evaluate(rows).get("loss"), 1e-3);
  }

  @Test
  void shardsAreAddedByTheirRows() {
    Sequential model = model();
    Network network = model.built().network();
    GradientSums sums = network.newGradientSums();
    assertEquals(network.variables().size(), sums.gradients().length + sums.statistics().length);
    Arrays.fill(sums.statistics()[0], 3.0f);
    Arrays.fill(sums.statistics()[1], 30.0f);
    network.moveStatistics(model.variables(), sums.statistics(), 6);
    Variable mean = model.variables().get(2);
    Variable variance = model.variables().get(3);
    assertEquals("sequential/batch_normalization/moving_mean", mean.path());
    assertEquals(0.5f * 0.25f, mean.values()[0], 1e-7f);
    assertEquals(0.75f + 5.0f * 0.25f, variance.values()[0], 1e-6f);
  }

  @Test
  void movingStatisticsAreThoseOfTheShards() {
    float[][] rows = {{1}, {3}, {2}, {6}, {4}, {8}};
    LocalData data = LocalData.of(rows, new float[] {0, 0, 0, 0, 0, 0});
    Sequential model = new Sequential();
    model.add(BatchNormalization.of().momentum(0.75).inputShape(1));
    model.compile("sgd", "mse");
    FitOptions options =
        FitOptions.builder().epochs(1).batchSize(6).shuffle(false).shards(2).verbose(0).build();
    model.fit(data, options);
    double[] means = {(1 + 2 + 4) / 3.0, (3 + 6 + 8) / 3.0};
    double[] variances = {21 / 3.0 - means[0] * means[0], 109 / 3.0 - means[1] * means[1]};
    assertEquals(0.25 * (means[0] + means[1]) / 2, statistic(model, 2), 1e-6);
    assertEquals(0.75 + 0.25 * (variances[0] + variances[1]) / 2, statistic(model, 3), 1e-6);
  }

  @Test
  void frozenLayersKeepTheirStatistics() {
    Sequential model = new Sequential();
    model.add(BatchNormalization.of().trainable(false).inputShape(64));
    model.add(Dense.of(10).activation("softmax"));
    model.compile("sgd", "sparse_categorical_crossentropy");
    model.fit(DATA, options().build());
    for (int v = 0; v < 4; v++) {
      float[] start = new float[64];
      Arrays.fill(start, v == 0 || v == 3 ? 1.0f : 0.0f);
      assertArrayEquals(start, model.variables().get(v).values());
    }
  }

  @Test
  void resumedRunsEndWithTheSameBits() {
    Sequential whole = model();
    whole.fit(DATA, options().build());
    float[] mean = whole.variables().get(2).values();
    assertFalse(Arrays.equals(new float[mean.length], mean));
    for (long kill : new long[] {1, 7, 13}) {
      Checkpointing checkpointing =
          Checkpointing.in(new MemoryCheckpoints()).everySeconds(0).everySteps(3);
      FitOptions.Builder dying = options().checkpoints(checkpointing);
      InterruptAfter killer = new InterruptAfter(kill);
      assertThrows(Interruption.class, () -> model().fit(DATA, dying.observers(killer).build()));
      Sequential resumed = model();
      resumed.fit(DATA, options().checkpoints(checkpointing).build());
      assertEquals(whole.weightsSha256(), resumed.weightsSha256());
    }
  }

  @Test
  void statisticsAreSavedAndOpened(@TempDir Path folder) throws IOException {
    Sequential model = model();
    model.fit(DATA, options().build());
    String path = folder.resolve("model.keras").toString();
    model.save(path);
    Sequential opened = Sequential.load(path);
    assertEquals(model.weightsSha256(), opened.weightsSha256());
    assertEquals(model.evaluate(DATA), opened.evaluate(DATA));
  }

  private static Sequential model() {
    Sequential model = new Sequential();
    model.add(BatchNormalization.of().momentum(0.75).inputShape(64));
    model.add(Dense.of(10).activation("softmax"));
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().epochs(2).batchSize(16).shards(3).verbose(0);
  }

  private static double statistic(Sequential model, int index) {
    return model.variables().get(index).values()[0];
  }

  private static float[] floats(Object list) {
    List<?> numbers = (List<?>) list;
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) numbers.get(i)).floatValue();
    }

    return floats;
  }

  private static Config golden() throws IOException {
    String name = "/golden-fit/digits-cnn.json";
    try (InputStream in =
        Objects.requireNonNull(BatchNormalizationFitTest.class.getResourceAsStream(name))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
