package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Single layers, their values and gradients, against what Keras computes. */
class LayerValuesTest {

  private static final double TOLERANCE = 1e-5;

  static Stream<Config> cases() {
    return LayerGoldens.configs(LayerGoldens.load("values"), "cases").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatKerasComputes(Config golden) {
    Layer layer = Layers.deserialize((Config) golden.get("serialized"));
    Shape input = LayerGoldens.shape(golden, "input_shape");
    Shape output = layer.computeOutputShape(input);
    assertEquals(LayerGoldens.shape(golden, "output_shape"), output);
    FakeCall call = call(golden, input, output);
    layer.forward(input, call);
    assertClose(floats(golden, "y"), call.output, TOLERANCE, "output");
    layer.backward(input, call);
    assertClose(
        floats(golden, "input_gradient"), call.inputGradient, TOLERANCE, "gradient of the input");
    float[][] expected = LayerGoldens.matrix(golden, "weight_gradients");
    assertEquals(expected.length, layer.weights(input).size());
    for (int i = 0; i < expected.length; i++) {
      assertClose(expected[i], call.weightGradients[i], TOLERANCE, "gradient of weight " + i);
    }
  }

  private static FakeCall call(Config golden, Shape input, Shape output) {
    float[] x = floats(golden, "x");
    FakeCall call = new FakeCall(x.length / input.size(), input.size(), output.size(), 1);
    System.arraycopy(x, 0, call.input, 0, x.length);
    float[] cotangent = floats(golden, "cotangent");
    System.arraycopy(cotangent, 0, call.outputGradient, 0, cotangent.length);
    call.weights = LayerGoldens.matrix(golden, "weights");
    call.weightGradients = LayerGoldens.matrix(golden, "weights");
    return call;
  }
}
