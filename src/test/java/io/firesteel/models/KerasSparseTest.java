package io.firesteel.models;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.assertSameJson;
import static io.firesteel.testing.LayerGoldens.floats;
import static io.firesteel.testing.LayerGoldens.matrix;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.Layers;
import io.firesteel.saving.Config;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Fits on sparse rows against those of real Keras on the same rows with zeros, whose numbers
 * src/test/python/golden_sparse.py wrote.
 */
class KerasSparseTest {

  private static final double TOLERANCE = 1e-5;

  private final Config golden = golden();
  private final int width = ((Number) golden.get("width")).intValue();

  private LocalData data() {
    List<?> rows = (List<?>) golden.get("indices");
    int[][] indices =
        rows.stream()
            .map(row -> ((List<?>) row).stream().mapToInt(i -> ((Number) i).intValue()).toArray())
            .toArray(int[][]::new);
    return LocalData.ofSparse(width, indices, matrix(golden, "values"), floats(golden, "labels"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "adagrad", "adam"})
  void lossesWeightsAndPredictionsAreKerass(String name) {
    Config run = (Config) ((Config) golden.get("cases")).get(name);
    Sequential model =
        new Sequential()
            .add(Input.sparse(width))
            .add(Dense.of(4).activation("tanh"))
            .add(Dense.of(1).activation("sigmoid"));
    model.compile(run.get("optimizer"), "binary_crossentropy");
    float[][] initial = matrix(run, "initial");
    for (int v = 0; v < initial.length; v++) {
      model.variables().get(v).assign(initial[v]);
    }

    List<Double> losses =
        model
            .fit(
                data(),
                FitOptions.builder().epochs(10).batchSize(24).shuffle(false).verbose(0).build())
            .history()
            .get("loss");
    float[] expected = floats(run, "losses");
    for (int epoch = 0; epoch < expected.length; epoch++) {
      assertEquals(expected[epoch], losses.get(epoch), TOLERANCE, "epoch " + epoch);
    }

    float[][] weights = matrix(run, "final");
    for (int v = 0; v < weights.length; v++) {
      assertClose(weights[v], model.variables().get(v).values(), TOLERANCE, "variable " + v);
    }

    float[] predictions = floats(run, "predictions");
    float[][] predicted = model.predict(data());
    for (int row = 0; row < predictions.length; row++) {
      assertEquals(predictions[row], predicted[row][0], TOLERANCE, "row " + row);
    }
  }

  @Test
  void theInputIsWrittenAndReadAsKerasDoes() {
    Config keras = (Config) golden.get("input_layer");
    assertSameJson(keras, Layers.serialize(Input.sparse(width).name("input")));
    assertSameJson(keras, Layers.serialize(Layers.deserialize(keras)));
  }

  private static Config golden() {
    try (InputStream in =
        Objects.requireNonNull(
            KerasSparseTest.class.getResourceAsStream("/golden-fit/sparse.json"))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
