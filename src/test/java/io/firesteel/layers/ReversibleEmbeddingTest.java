package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.models.Model;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.training.LocalData;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** ReversibleEmbedding against what Keras computes (src/test/python/golden_reversible.py). */
class ReversibleEmbeddingTest {

  static Stream<Config> cases() {
    return LayerGoldens.configs(LayerGoldens.load("values-of-reversible"), "cases").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothWaysAreThoseOfKeras(Config golden) {
    Model first = Model.fromJson((String) golden.get("model"));
    Model model = Model.fromJson(first.toJson());
    model.setWeights(LayerGoldens.matrix(golden, "weights"));
    float[][] x = LayerGoldens.matrix(golden, "x");
    assertRows(LayerGoldens.matrix(golden, "predicted"), model.predict(x), "row ");
    model.compile(SGD.builder().learningRate(0.5).build(), "mse");
    model.trainOnBatch(LocalData.of(x, LayerGoldens.matrix(golden, "y")));
    assertRows(LayerGoldens.matrix(golden, "trained"), model.getWeights(), "weight ");
  }

  private static void assertRows(float[][] expected, float[][] actual, String what) {
    assertEquals(expected.length, actual.length);
    for (int i = 0; i < expected.length; i++) {
      assertClose(expected[i], actual[i], 1e-5, what + i);
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    ReversibleEmbedding layer = ReversibleEmbedding.of(4, 3).name("words");
    assertEquals(
        "The layer 'words' does not take inputs of the shapes [(5,)]: ReversibleEmbedding: called"
            + " in reverse it takes vectors of output_dim=3 values. Received the shape: (5,)",
        message(() -> layer.callReverse(Input.of(5).output())));
    assertEquals(
        "The layer Dense has no 'reverse'",
        message(
            () ->
                KerasTensor.of(
                    Dense.of(1), List.of(Input.of(5).output()), CallOptions.NONE.withReverse())));
    assertEquals(
        "ReversibleEmbedding: 'reverse_dtype' must be null or float32, as others are not"
            + " supported. Received: float16",
        message(
            () ->
                ReversibleEmbedding.fromConfig(
                    layer.getConfig().with("reverse_dtype", "float16"))));
    assertEquals(
        "ReversibleEmbedding: 'logit_soft_cap' must be finite and > 0. Received: 0.0",
        message(() -> layer.logitSoftCap(0)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
