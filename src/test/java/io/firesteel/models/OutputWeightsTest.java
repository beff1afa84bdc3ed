package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.callbacks.History;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/**
 * Weights for each output, of rows for one and of time steps for another, against real Keras, whose
 * numbers src/test/python/output_weights_golden.py wrote.
 */
class OutputWeightsTest {

  private static final int ROWS = 12;
  private static final ConfigReader GOLDEN = golden();

  private static ConfigReader golden() {
    String file = "/golden-fit/output-weights.json";
    try (InputStream in =
        Objects.requireNonNull(OutputWeightsTest.class.getResourceAsStream(file))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)).reader("golden");
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static float[] floats(List<?> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) numbers.get(i)).floatValue();
    }

    return floats;
  }

  private static float[][] rows(List<?> numbers) {
    float[] values = floats(numbers);
    int width = values.length / ROWS;
    float[][] rows = new float[ROWS][width];
    for (int i = 0; i < values.length; i++) {
      rows[i / width][i % width] = values[i];
    }

    return rows;
  }

  /** The outputs are given in another order than the model's. */
  private static Map<String, float[][]> named(String key) {
    ConfigReader parts = GOLDEN.config(key).reader(key);
    Map<String, float[][]> named = new LinkedHashMap<>();
    named.put("tags", rows(parts.numbers("tags")));
    named.put("score", rows(parts.numbers("score")));
    return named;
  }

  private static LocalData data() {
    return LocalData.of(Map.of("x", rows(GOLDEN.numbers("x"))), named("labels"));
  }

  private static Model model() {
    Model model = Model.fromJson(GOLDEN.config("model").toJson());
    List<?> start = GOLDEN.optionalList("start");
    model.setWeights(start.stream().map(v -> floats((List<?>) v)).toArray(float[][]::new));
    return model;
  }

  @Test
  void weightsOfEachOutputCountAsInKeras() {
    Model model = model();
    LocalData data = data().weights(named("weights"));
    FitOptions options =
        FitOptions.builder()
            .epochs(2)
            .batchSize(4)
            .shards(3)
            .shuffle(false)
            .verbose(0)
            .validationData(data)
            .build();
    History history = model.fit(data, options);
    Config expected = GOLDEN.config("history");
    assertEquals(new TreeSet<>(expected.keys()), new TreeSet<>(history.history().keySet()));
    for (String key : expected.keys()) {
      List<Double> numbers = expected.reader("history").numbers(key);
      for (int epoch = 0; epoch < 2; epoch++) {
        assertEquals(numbers.get(epoch), history.values(key).get(epoch), 1e-5, key);
      }
    }

    List<?> end = GOLDEN.optionalList("end");
    for (int i = 0; i < end.size(); i++) {
      assertArrayEquals(floats((List<?>) end.get(i)), model.getWeights()[i], 1e-5f);
    }

    Map<String, Double> evaluated = model.evaluate(data, 4);
    Config results = GOLDEN.config("evaluate");
    for (String key : results.keys()) {
      assertEquals(results.reader("evaluate").number(key), evaluated.get(key), 1e-5, key);
    }
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  @Test
  void weightsOfOutputsThatAreNoneAreRefused() {
    Map<String, float[][]> weights = named("weights");
    float[][] ofTags = Objects.requireNonNull(weights.get("tags"));
    assertEquals(
        "The output 'score' of the model functional is missing. Received: tags",
        refused(() -> model().evaluate(data().weights(Map.of("tags", ofTags)))));
    weights.put("tagz", ofTags);
    assertEquals(
        "The model functional has no output 'tagz' that is measured. Its outputs: score, tags. Did"
            + " you mean 'tags'?",
        refused(() -> model().evaluate(data().weights(weights))));
    weights.remove("tagz");
    weights.put("tags", new float[ROWS][2]);
    assertEquals(
        "The output 'tags' takes a weight a row, or one for each of the 3 samples of a row."
            + " Received: 2 weights a row",
        refused(() -> model().evaluate(data().weights(weights))));
  }
}
