package io.firesteel.models;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Masking;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are applied to each step, against Keras (src/test/python/golden_steps.py). */
class ModelOfStepsTest {

  @TempDir private Path folder;

  private static final Config GOLDEN = LayerGoldens.load("values-of-steps");

  private static Model load() throws Exception {
    return Model.load("src/test/resources/keras/steps.keras", false);
  }

  private static void assertRows(String key, float[][] actual) {
    assertRows(GOLDEN, key, actual);
  }

  private static void assertRows(Config golden, String key, float[][] actual) {
    float[][] expected = LayerGoldens.matrix(golden, key);
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertClose(expected[i], actual[i], 1e-5, key + " " + i);
    }
  }

  @Test
  void predictsAndTrainsAsKeras() throws Exception {
    Model model = load();
    assertRows("weights", model.getWeights());
    float[][] x = LayerGoldens.matrix(GOLDEN, "x");
    assertRows("predicted", model.predict(x));
    float[][] one = {x[0]};
    assertClose(model.predict(x)[0], model.predict(one)[0], 1e-6, "one row");
    model.compile(SGD.builder().learningRate(0.5).build(), "mse");
    model.trainOnBatch(LocalData.of(x, LayerGoldens.matrix(GOLDEN, "y")).featureShape(3, 4));
    assertRows("trained", model.getWeights());
  }

  @Test
  void filesGoBackAsTheyCame() throws Exception {
    Model model = load();
    String path = folder.resolve("again.keras").toString();
    model.save(path);
    Model again = Model.load(path, false);
    float[][] x = LayerGoldens.matrix(GOLDEN, "x");
    assertRows("predicted", again.predict(x));
    assertEquals(model.toJson(), again.toJson());
    assertTrue(model.summary().contains("│ (TimeDistributed)   │"), model.summary());
  }

  @Test
  void isSaidInOnnx() throws Exception {
    Model model = load();
    String path = folder.resolve("steps.onnx").toString();
    model.export(path);
    float[][] x = LayerGoldens.matrix(GOLDEN, "x");
    try (OrtSession session =
        OrtEnvironment.getEnvironment().createSession(path, new OrtSession.SessionOptions())) {
      OnnxTest.assertPredictions(model, session, x, model.predict(x));
    }
  }

  @Test
  void isMadeInJavaAndRefusesWhatDoesNotFit() {
    KerasTensor step = Input.of(4).output();
    Model inner = new Model(step, Dense.of(2).call(step));
    KerasTensor steps = Input.of(3, 4).output();
    Model model = new Model(steps, inner.callForEachStep("each", steps));
    float[][] x = {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}};
    float[][] expected = inner.predict(new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10, 11, 12}});
    float[] all = model.predict(x)[0];
    for (int i = 0; i < all.length; i++) {
      assertEquals(expected[i / 2][i % 2], all[i], 1e-6f);
    }

    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> inner.callForEachStep("each", Input.of(4).output()))
            .getMessage();
    assertTrue(message.startsWith("TimeDistributed needs rows of at least two"), message);
  }

  /** Each step has means and variances of its own in training, and moves them, as in Keras. */
  @Test
  void statisticsAreThoseOfEachStep() throws Exception {
    Config golden = LayerGoldens.load("values-of-step-statistics");
    Model model = Model.load("src/test/resources/keras/steps-statistics.keras");
    float[][] x = LayerGoldens.matrix(golden, "x");
    assertRows(golden, "predicted", model.predict(x));
    String path = folder.resolve("statistics.keras").toString();
    model.save(path);
    Model again = Model.load(path);
    assertEquals(model.toJson(), again.toJson());
    LocalData data = LocalData.of(x, LayerGoldens.matrix(golden, "y")).featureShape(3, 4, 4, 2);
    FitOptions options =
        FitOptions.builder().epochs(2).batchSize(5).shards(1).shuffle(false).verbose(0).build();
    again.fit(data, options);
    assertRows(golden, "trained", again.getWeights());
    assertRows(golden, "predicted_after", again.predict(x));
    String onnx = folder.resolve("statistics.onnx").toString();
    again.export(onnx);
    try (OrtSession session =
        OrtEnvironment.getEnvironment().createSession(onnx, new OrtSession.SessionOptions())) {
      OnnxTest.assertPredictions(again, session, x, again.predict(x));
    }
  }

  @Test
  void statisticsOfStepsTakeNoMask() {
    KerasTensor step = Input.of(4).output();
    Model measuring = new Model(step, BatchNormalization.of().name("norm").call(step));
    KerasTensor steps = Input.of(3, 4).output();
    KerasTensor output = measuring.callForEachStep("each", Masking.of().call(steps));
    assertEquals(
        "The layer 'functional/each' applies a layer that keeps statistics to each step, and takes"
            + " no mask",
        assertThrows(IllegalArgumentException.class, () -> new Model(steps, output).build())
            .getMessage());
  }
}
