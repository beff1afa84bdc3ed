package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.losses.Losses;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.LossGoldens;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses over several batches, against Keras 3.15.1, whose numbers
 * src/test/python/golden_reductions.py wrote: each batch is reduced, then the batches are averaged
 * by rows.
 */
class ReductionsTest {

  static List<Config> cases() {
    return LossGoldens.configs(LossGoldens.read("reductions.json"), "cases");
  }

  private static float[][] rows(float[] values, int width) {
    float[][] rows = new float[values.length / width][width];
    for (int i = 0; i < values.length; i++) {
      rows[i / width][i % width] = values[i];
    }

    return rows;
  }

  private static LocalData data(Config golden, int width) {
    LocalData data =
        LocalData.of(
            rows(LossGoldens.floats(golden, "features"), width),
            rows(LossGoldens.floats(golden, "labels"), 1));
    float[] weights = LossGoldens.nullableFloats(golden, "weights");
    return weights == null ? data : data.weights(weights);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void evaluationsAndValidationsAreThoseOfKeras(Config golden) {
    ConfigReader reader = golden.reader("golden");
    int width = (int) reader.integer("width");
    int batch = (int) reader.integer("batch");
    Sequential model = new Sequential().add(Dense.of((int) reader.integer("units")));
    model.build(width);
    model.compile(SGD.builder().learningRate(0.0).build(), golden.get("loss"));
    model.variables().get(0).assign(LossGoldens.floats(golden, "kernel"));
    LocalData data = data(golden, width);

    assertClose(reader.number("evaluate"), model.evaluate(data, batch).get("loss"));
    FitOptions options =
        FitOptions.builder().batchSize(batch).epochs(1).shuffle(false).validationData(data).build();
    Map<String, Double> logs = model.fit(data, options).last();
    assertClose(reader.number("val_loss"), logs.get("val_loss"));
    assertClose(reader.number("train"), logs.get("loss"));
  }

  @Test
  void sumsOfBatchesAreAveragedByRows() {
    Sequential model = new Sequential().add(Dense.of(1).useBias(false));
    model.build(1);
    model.compile("sgd", Losses.get("mse", Map.of("reduction", "sum")));
    model.variables().get(0).assign(new float[] {1f});
    float[][] features = {{1}, {2}, {3}, {4}};
    LocalData data = LocalData.of(features, new float[4]);
    assertEquals(15.0, model.evaluate(data, 2).get("loss"));
    model.compile("sgd", Losses.get("mse", Map.of("reduction", "mean_with_sample_weight")));
    assertEquals(8.5, model.evaluate(data.weights(1, 0, 0, 3), 2).get("loss"));
  }

  /**
   * The loss of each output is averaged over batches as the whole is: batches of 2 have the sums 1
   * + 4 and 9 + 16 of squares, 1 + 2 and 3 + 4 of absolute values. Keras 3.15.1 gives 15 and 5.
   */
  @Test
  void theLossOfEachOutputIsAveragedOverBatchesToo() {
    KerasTensor x = Input.of(1).output();
    Model model =
        new Model(
            "two",
            List.of(x),
            List.of(
                Dense.of(1).useBias(false).name("p").call(x),
                Dense.of(1).useBias(false).name("q").call(x)));
    model.compile(
        "sgd",
        List.of(
            Losses.get("mse", Map.of("reduction", "sum")),
            Losses.get("mae", Map.of("reduction", "sum"))));
    model.setWeights(new float[] {1f}, new float[] {1f});
    LocalData data = LocalData.of(new float[][] {{1}, {2}, {3}, {4}}, new float[4][2]);
    assertEquals(Map.of("loss", 20.0, "p_loss", 15.0, "q_loss", 5.0), model.evaluate(data, 2));
    FitOptions options =
        FitOptions.builder().batchSize(2).shuffle(false).verbose(0).validationData(data).build();
    model.compile(
        SGD.builder().learningRate(0.0).build(),
        List.of(
            Losses.get("mse", Map.of("reduction", "sum")),
            Losses.get("mae", Map.of("reduction", "sum"))));
    Map<String, Double> logs = model.fit(data, options).last();
    assertEquals(logs.get("p_loss"), logs.get("val_p_loss"));
    assertEquals(logs.get("q_loss"), logs.get("val_q_loss"));
  }

  @Test
  void labelsOfTheOtherFormNameTheLossThatTakesThem() {
    float[][] features = {{1}, {2}};
    Sequential numbers = new Sequential().add(Dense.of(3).activation("softmax"));
    numbers.build(1);
    numbers.compile("sgd", "categorical_crossentropy");
    assertEquals(
        "data: the loss categorical_crossentropy with an output of shape (3,) takes 3 labels a row."
            + " Received: 1. Labels that are class numbers go with the loss"
            + " sparse_categorical_crossentropy",
        refusal(() -> numbers.evaluate(LocalData.of(features, new float[] {0, 2}))));
    numbers.compile("sgd", "sparse_categorical_crossentropy");
    assertEquals(
        "data: the loss sparse_categorical_crossentropy with an output of shape (3,) takes 1 label"
            + " a row. Received: 3. Labels of one value a class go with the loss"
            + " categorical_crossentropy",
        refusal(() -> numbers.evaluate(LocalData.of(features, new float[2][3]))));
  }

  private static String refusal(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }

  private static void assertClose(double expected, double actual) {
    assertEquals(expected, actual, 2e-6 * Math.max(1.0, Math.abs(expected)));
  }
}
