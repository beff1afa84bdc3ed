package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.callbacks.History;
import io.firesteel.layers.Dense;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A weight for each time step in fit and evaluate, with masks and without, against real Keras,
 * whose numbers src/test/python/temporal_weights_golden.py wrote.
 */
class TemporalWeightsTest {

  private static final int STEPS = 4;
  private static final Config GOLDEN = golden();

  private static Config golden() {
    String file = "/golden-fit/temporal-weights.json";
    try (InputStream in =
        Objects.requireNonNull(TemporalWeightsTest.class.getResourceAsStream(file))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
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

  private static float[] floats(String key) {
    return floats(GOLDEN.reader("golden").numbers(key));
  }

  private static float[][] weights() {
    return cut(floats("weights"));
  }

  private static float[][] cut(float[] values) {
    float[][] rows = new float[values.length / STEPS][STEPS];
    for (int i = 0; i < values.length; i++) {
      rows[i / STEPS][i % STEPS] = values[i];
    }

    return rows;
  }

  private static LocalData data(String name, Shape output) {
    String labels = name.endsWith("inary") ? "binary" : output.dim(-1) == 3 ? "classes" : "values";
    float[] x = floats(name.startsWith("masked") ? "ids" : "x");
    float[] y = floats(labels);
    int rows = weights().length;
    Shape features = name.startsWith("masked") ? Shape.of(STEPS) : Shape.of(STEPS, 3);
    return LocalData.of(features, x, y.length / rows, y);
  }

  private static Model model(ConfigReader golden) {
    Model model = Model.fromJson(golden.config("model").toJson());
    List<?> start = golden.optionalList("start");
    model.setWeights(start.stream().map(v -> floats((List<?>) v)).toArray(float[][]::new));
    return model;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "classes",
        "binary",
        "values",
        "divided",
        "summed",
        "masked",
        "maskedBinary",
        "maskedDivided"
      })
  void aWeightATimeStepCountsAsInKeras(String name) {
    ConfigReader golden =
        GOLDEN.reader("golden").config("cases").reader("cases").config(name).reader(name);
    Model model = model(golden);
    LocalData data = data(name, model.predictor().outputShape()).weights(weights());
    FitOptions options =
        FitOptions.builder()
            .epochs(2)
            .batchSize(6)
            .shards(3)
            .shuffle(false)
            .verbose(0)
            .validationData(data)
            .build();
    History history = model.fit(data, options);
    Config expected = golden.config("history");
    assertEquals(new TreeSet<>(expected.keys()), new TreeSet<>(history.history().keySet()));
    for (String key : expected.keys()) {
      List<Double> numbers = expected.reader(name).numbers(key);
      for (int epoch = 0; epoch < 2; epoch++) {
        assertClose(numbers.get(epoch), history.values(key).get(epoch), key);
      }
    }

    List<?> end = golden.optionalList("end");
    for (int i = 0; i < end.size(); i++) {
      assertArrayEquals(floats((List<?>) end.get(i)), model.getWeights()[i], 1e-5f);
    }

    Map<String, Double> evaluated = model.evaluate(data, 6);
    Config results = golden.config("evaluate");
    for (String key : results.keys()) {
      assertClose(results.reader(name).number(key), evaluated.get(key), key);
    }
  }

  private static Sequential sequences() {
    Sequential model = new Sequential().add(Dense.of(2).inputShape(STEPS, 3));
    model.compile("sgd", "mse");
    return model;
  }

  @Test
  void aWeightARowIsTheSameToTheBitAsThatWeightInEachStep() {
    float[] rows = new float[weights().length];
    float[][] steps = new float[rows.length][STEPS];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = weights()[row][0];
      Arrays.fill(steps[row], rows[row]);
    }

    LocalData data = data("values", Shape.of(STEPS, 2));
    FitOptions options =
        FitOptions.builder().epochs(2).batchSize(6).shards(1).shuffle(false).verbose(0).build();
    Sequential byRow = sequences();
    byRow.fit(data.weights(rows), options);
    Sequential byStep = sequences();
    byStep.fit(data.weights(steps), options);
    assertEquals(byRow.weightsSha256(), byStep.weightsSha256());
    assertEquals(byRow.evaluate(data.weights(steps)), byRow.evaluate(data.weights(rows)));
  }

  @Test
  void otherNumbersOfWeightsAreRefusedBeforeAStep() {
    LocalData data = data("values", Shape.of(STEPS, 2));
    float[][] three = new float[weights().length][3];
    three[0][0] = 1;
    String message =
        "%s: weights are one a row, or one for each sample of a row, of which the output 'dense'"
            + " of shape (4, 2) has 4. Received: 3 weights a row";
    assertEquals(
        message.formatted("data"), refused(() -> sequences().fit(data.weights(three), quiet())));
    assertEquals(
        message.formatted("validation_data"),
        refused(
            () ->
                sequences()
                    .fit(data, FitOptions.builder().validationData(data.weights(three)).build())));
    assertEquals(
        "The weights must not be negative. Received: -1.0 in row 2",
        refused(() -> data.weights(changed(2, 1, -1))));
    assertEquals(
        "The weights must be finite numbers. Received: NaN in row 3, column 2",
        refused(() -> data.weights(changed(3, 2, Float.NaN))));
    assertEquals(
        "The weights must not all be 0. Received data in which no row has another weight",
        refused(() -> sequences().fit(data.weights(new float[24][STEPS]), quiet())));
  }

  private static FitOptions quiet() {
    return FitOptions.builder().verbose(0).build();
  }

  private static float[][] changed(int row, int step, float value) {
    float[][] weights = weights();
    weights[row][step] = value;
    return weights;
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  private static void assertClose(double expected, double received, String key) {
    assertEquals(expected, received, 1e-5 * Math.max(1, Math.abs(expected)), key);
  }
}
