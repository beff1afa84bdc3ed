package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ConvLSTM1D, 2D and 3D against what Keras computes (src/test/python/golden_conv_lstm.py). */
class ConvLSTMTest {

  static Stream<Config> cases() {
    return LayerGoldens.configs(LayerGoldens.load("values-of-conv-lstm"), "cases").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatKerasComputes(Config golden) {
    Config serialized = (Config) golden.get("serialized");
    Layer layer = Layers.deserialize(serialized);
    assertEquals(serialized.get("config"), layer.getConfig());
    List<Shape> inputs = shapes(golden, "shapes");
    assertEquals(shapes(golden, "output_shapes"), layer.computeOutputShapes(inputs));
    Shape output = layer.computeOutputShape(inputs);
    FakeCall call = new FakeCall(2, inputs.get(0).size(), output.size(), 1);
    call.training = false;
    call.others(inputs.stream().skip(1).mapToInt(Shape::size).toArray());
    float[][] x = LayerGoldens.matrix(golden, "inputs");
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(x[i], 0, call.input(i), 0, x[i].length);
    }

    call.weights = LayerGoldens.matrix(golden, "weights");
    call.weightGradients = LayerGoldens.matrix(golden, "weights");
    layer.forward(inputs, call);
    assertClose(floats(golden, "y"), call.output, 1e-5, "output");
    float[] cotangent = floats(golden, "cotangent");
    System.arraycopy(cotangent, 0, call.outputGradient, 0, cotangent.length);
    layer.backward(inputs, call);
    call.assertGradients(golden, layer.weights(inputs));
  }

  private static List<Shape> shapes(Config golden, String key) {
    return ((List<?>) golden.get(key)).stream().map(s -> Shape.of((List<?>) s)).toList();
  }

  /** Keras on JAX has no masks here; its other backends keep the state at such a step. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStepThatTheMaskLeavesOutIsAsIfItWereNotThere(boolean channelsFirst) {
    ConvLSTM2D layer = ConvLSTM2D.of(2, 2).returnState(true);
    if (channelsFirst) {
      layer = layer.dataFormat("channels_first");
    }

    Shape step = Shape.of(2, 3, 2);
    RandomStream random = RandomStream.of(5);
    FakeCall two = call(layer, 2, random);
    FakeCall three = call(layer, 3, random);
    three.weights = two.weights;
    System.arraycopy(two.input, 0, three.input, 0, step.size());
    System.arraycopy(two.input, step.size(), three.input, 2 * step.size(), step.size());
    System.arraycopy(two.outputGradient, 0, three.outputGradient, 0, two.output.length);
    three.masks = new boolean[][] {{true, false, true}};
    pass(layer, 2, two);
    pass(layer, 3, three);
    assertArrayEquals(two.output, three.output, 1e-6f);
    for (int i = 0; i < step.size(); i++) {
      assertEquals(two.inputGradient[i], three.inputGradient[i], 1e-6f);
      assertEquals(0.0f, three.inputGradient[step.size() + i]);
      float ofLast = two.inputGradient[step.size() + i];
      assertEquals(ofLast, three.inputGradient[2 * step.size() + i], 1e-6f);
    }

    for (int i = 0; i < 3; i++) {
      assertArrayEquals(two.weightGradients[i], three.weightGradients[i], 1e-6f);
    }
  }

  private static List<Shape> inputs(int steps) {
    return List.of(Shape.of(steps, 2, 3, 2));
  }

  private static FakeCall call(ConvLSTM2D layer, int steps, RandomStream random) {
    int outputs = layer.computeOutputShape(inputs(steps)).size();
    FakeCall call = new FakeCall(1, inputs(steps).get(0).size(), outputs, 1);
    List<float[]> weights = new ArrayList<>();
    for (WeightSpec weight : layer.weights(inputs(steps))) {
      weights.add(normal(new float[weight.shape().size()], random));
    }

    call.weights = weights.toArray(float[][]::new);
    call.weightGradients = weights.stream().map(float[]::clone).toArray(float[][]::new);
    normal(call.input, random);
    normal(call.outputGradient, random);
    return call;
  }

  private static float[] normal(float[] values, RandomStream random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (0.5 * random.nextGaussian());
    }

    return values;
  }

  private static void pass(ConvLSTM2D layer, int steps, FakeCall call) {
    layer.forward(inputs(steps), call);
    layer.backward(inputs(steps), call);
  }

  /** Which way a bright place moves along a line: only the order of the steps tells it. */
  @Test
  void learnsWhichWayThingsMove() {
    KerasTensor input = Input.of(18).output();
    KerasTensor lines = Reshape.of(3, 6, 1).call(input);
    KerasTensor moved = ConvLSTM1D.of(4, 3).padding("same").dropout(0.05).call(lines);
    KerasTensor output =
        Dense.of(1).activation("sigmoid").call(GlobalMaxPooling1D.of().call(moved));
    Model model = new Model(input, output).seed(3);
    model.compile("adam", "binary_crossentropy");
    float[][] x = new float[64][18];
    float[] y = new float[64];
    for (int row = 0; row < x.length; row++) {
      y[row] = row % 2;
      for (int step = 0; step < 3; step++) {
        int place = row % 2 == 1 ? row / 2 % 4 + step : row / 2 % 4 + 2 - step;
        x[row][step * 6 + place] = 1;
      }
    }

    FitOptions options = FitOptions.builder().epochs(60).batchSize(4).shards(2).verbose(0).build();
    List<Double> losses = model.fit(LocalData.of(x, y), options).history().get("loss");
    assertTrue(losses.get(59) < 0.7 * losses.get(0), losses.toString());
    Model again = Model.fromJson(model.toJson());
    again.setWeights(model.getWeights());
    assertArrayEquals(model.predict(x), again.predict(x));
  }

  @Test
  void whatDoesNotFitIsRefused() {
    assertEquals(
        "ConvLSTM2D: 'kernel_size' must be one or 2 integers >= 1. Received: [1, 2, 3]",
        message(() -> ConvLSTM2D.of(1, 1, 2, 3)));
    assertEquals(
        "ConvLSTM1D: only one of 'strides' and 'dilation_rate' can be above 1. Received:"
            + " strides=[2], dilation_rate=[3]",
        message(() -> ConvLSTM1D.of(1, 1).strides(2).dilationRate(3)));
    assertEquals(
        "ConvLSTM2D needs rows of 4 dimensions (steps, rows, columns, channels). Received the"
            + " shape: (3, 4, 5)",
        message(() -> ConvLSTM2D.of(1, 1).computeOutputShape(Shape.of(3, 4, 5))));
    assertEquals(
        "ConvLSTM1D: rows of shape (3, 4, 5) are smaller than a window of kernel_size=[5],"
            + " dilation_rate=[1]",
        message(() -> ConvLSTM1D.of(1, 5).computeOutputShape(Shape.of(3, 4, 5))));
    assertEquals(
        "ConvLSTM1D: 'stateful' must be false, as rows of a data set have no place in a batch;"
            + " return_state and initial_state hand states on. Received: true",
        message(
            () ->
                ConvLSTM1D.fromConfig(
                    Config.parse("{\"filters\": 1, \"kernel_size\": 1, \"stateful\": true}"))));
    KerasTensor image = Input.of(2, 3, 4, 1).output();
    KerasTensor masked = ConvLSTM2D.of(1, 1).name("steps").call(Masking.of().call(image));
    assertEquals(
        "The layer 'steps' takes a mask of its steps only. Received one of the shape (2, 3, 4)",
        message(() -> new Model(image, masked).build()));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
