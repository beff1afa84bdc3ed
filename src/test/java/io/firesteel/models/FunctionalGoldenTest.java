package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random functional models against Keras (src/test/python/golden_functional.py): branches, layers
 * that are called twice, nested models, two inputs, two outputs.
 */
class FunctionalGoldenTest {

  private static final int ROWS = 12;
  private static final int STEPS = 8;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11})
  void eightStepsAreKerass(int seed) throws IOException {
    Config golden = golden("graph" + seed + ".json");
    Model model = Model.fromJson(((Config) golden.get("config")).toJson());
    model.setWeights(LayerGoldens.matrix(golden, "start"));
    LocalData data = data(golden);
    Map<String, List<Double>> history =
        model
            .fit(
                data,
                FitOptions.builder()
                    .epochs(STEPS)
                    .batchSize(ROWS)
                    .shards(1)
                    .shuffle(false)
                    .verbose(0)
                    .build())
            .history();
    Config expected = (Config) golden.get("history");
    assertEquals(expected.keys(), history.keySet());
    for (String key : expected.keys()) {
      List<?> losses = (List<?>) expected.get(key);
      for (int step = 0; step < STEPS; step++) {
        assertNear(
            ((Number) losses.get(step)).doubleValue(), history.get(key).get(step), key + step);
      }
    }

    float[][] weights = LayerGoldens.matrix(golden, "end");
    float[][] actual = model.getWeights();
    for (int v = 0; v < weights.length; v++) {
      for (int i = 0; i < weights[v].length; i++) {
        assertNear(weights[v][i], actual[v][i], "variable " + v);
      }
    }

    Map<String, Double> evaluated = model.evaluate(data);
    Config evaluate = (Config) golden.get("evaluate");
    for (String key : evaluate.keys()) {
      assertNear(((Number) evaluate.get(key)).doubleValue(), evaluated.get(key), key);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void filesOfKerasAreOpenedAndWrittenAgain(int seed, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.keras");
    try (InputStream in = resource("graph" + seed + ".keras")) {
      Files.copy(in, file);
    }

    Model model = Model.load(file.toString());
    Config golden = golden("predictions" + seed + ".json");
    assertPredicts(golden, model);
    Path again = folder.resolve("again.keras");
    model.save(again.toString());
    Model reopened = Model.load(again.toString());
    assertPredicts(golden, reopened);
    assertEquals(model.weightsSha256(), reopened.weightsSha256());
    assertEquals(model.toJson(), reopened.toJson());
    assertEquals(model.optimizer().iterations(), 1);
  }

  private static void assertPredicts(Config golden, Model model) {
    float[][] predictions = model.predict(features(golden));
    List<?> outputs = (List<?>) golden.get("predictions");
    for (int row = 0; row < predictions.length; row++) {
      List<?> price = (List<?>) ((List<?>) outputs.get(0)).get(row);
      List<?> sold = (List<?>) ((List<?>) outputs.get(1)).get(row);
      assertNear(((Number) price.get(0)).doubleValue(), predictions[row][0], "price");
      assertNear(((Number) price.get(1)).doubleValue(), predictions[row][1], "price");
      assertNear(((Number) sold.get(0)).doubleValue(), predictions[row][2], "sold");
    }
  }

  @Test
  void theConfigIsWrittenAsItWasRead() throws IOException {
    Config golden = golden("graph5.json");
    Model model = Model.fromJson(((Config) golden.get("config")).toJson());
    Model again = Model.fromJson(model.toJson());
    assertEquals(model.toJson(), again.toJson());
    Config layers = ((Config) ((Config) golden.get("config")).get("config"));
    Config written = (Config) Config.parse(model.toJson()).get("config");
    assertEquals(layers.get("output_layers"), written.get("output_layers"));
    assertEquals(names(layers), names(written));
  }

  @Test
  void shardsChangeNoBitsBetweenThreads() throws IOException {
    Config golden = golden("graph4.json");
    float[][][] weights = new float[2][][];
    for (int threads = 1; threads <= 2; threads++) {
      Model model = Model.fromJson(((Config) golden.get("config")).toJson());
      model.setWeights(LayerGoldens.matrix(golden, "start"));
      model.fit(
          data(golden).threads(threads),
          FitOptions.builder().epochs(3).batchSize(6).shards(4).verbose(0).build());
      weights[threads - 1] = model.getWeights();
    }

    assertArrayEquals(weights[0], weights[1]);
  }

  private static List<Object> names(Config model) {
    return ((List<?>) model.get("layers"))
        .stream().map(layer -> ((Config) layer).get("name")).toList();
  }

  private static float[][] features(Config golden) {
    return concat(LayerGoldens.matrix(golden, "a"), LayerGoldens.matrix(golden, "b"));
  }

  private static LocalData data(Config golden) {
    float[][] labels =
        concat(LayerGoldens.matrix(golden, "price"), LayerGoldens.matrix(golden, "sold"));
    return LocalData.of(features(golden), labels);
  }

  private static float[][] concat(float[][] left, float[][] right) {
    float[][] rows = new float[left.length][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = new float[left[row].length + right[row].length];
      System.arraycopy(left[row], 0, rows[row], 0, left[row].length);
      System.arraycopy(right[row], 0, rows[row], left[row].length, right[row].length);
    }

    return rows;
  }

  private static void assertNear(double expected, double actual, String what) {
    double allowed = 1e-5 * Math.max(1.0, Math.abs(expected));
    assertTrue(
        Math.abs(expected - actual) <= allowed, what + ": " + actual + " instead of " + expected);
  }

  private static InputStream resource(String name) {
    return Objects.requireNonNull(
        FunctionalGoldenTest.class.getResourceAsStream("/golden-functional/" + name));
  }

  private static Config golden(String name) throws IOException {
    try (InputStream in = resource(name)) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
