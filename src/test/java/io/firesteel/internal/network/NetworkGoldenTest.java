package io.firesteel.internal.network;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.Batch;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.variables.VariableValues;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole networks against what Keras computes. */
class NetworkGoldenTest {

  private static final int ROWS = 5;

  static Stream<Config> cases() {
    return LayerGoldens.configs(LayerGoldens.load("networks"), "cases").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void variablesStandInKerasOrder(Config golden) {
    Network network = network(golden);
    assertEquals(
        golden.get("paths"), network.variables().stream().map(NetworkVariable::path).toList());
    assertEquals(LayerGoldens.shape(golden, "output_shape"), network.outputShape());
    float[][] weights = LayerGoldens.matrix(golden, "weights");
    for (int i = 0; i < weights.length; i++) {
      assertEquals(weights[i].length, network.variables().get(i).weight().shape().size());
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void predictsWhatKerasPredicts(Config golden) {
    Network network = network(golden);
    float[] expected = floats(golden, "predictions");
    float[] actual = new float[expected.length];
    network.newPass().predict(snapshot(golden), floats(golden, "x"), ROWS, actual);
    assertClose(expected, actual, 2e-6, "predictions");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsAreThoseOfKerasWhereNothingIsDropped(Config golden) {
    Network network = withoutDropout(golden);
    Batch batch = new Batch(ROWS, floats(golden, "x"), floats(golden, "y"), null);
    GradientSums sums = network.newPass().computeGradients(snapshot(golden), batch, 1, 1.0f);
    double loss = ((Number) golden.get("loss")).doubleValue();
    assertEquals(loss, sums.totals().loss(), 3e-6 * loss);
    assertEquals(loss, network.newPass().evaluate(snapshot(golden), batch).loss(), 3e-6 * loss);
    float[][] expected = LayerGoldens.matrix(golden, "gradients");
    assertEquals(expected.length, sums.gradients().length);
    for (int i = 0; i < expected.length; i++) {
      assertClose(expected[i], sums.gradients()[i], 5e-6, "gradient " + i);
    }
  }

  private static Network network(Config golden) {
    return network(golden, layers(golden));
  }

  private static Network withoutDropout(Config golden) {
    return network(
        golden,
        layers(golden).stream()
            .filter(layer -> !layer.getClass().getSimpleName().equals("Dropout"))
            .toList());
  }

  private static Network network(Config golden, List<Layer> layers) {
    return Network.of(
        "model",
        LayerGoldens.shape(golden, "input_shape"),
        layers,
        Losses.get("mean_squared_error"),
        List.of());
  }

  private static List<Layer> layers(Config golden) {
    return LayerGoldens.configs(golden, "layers").stream().map(Layers::deserialize).toList();
  }

  private static VariableValues snapshot(Config golden) {
    return VariableValues.wrap(LayerGoldens.matrix(golden, "weights"));
  }
}
