package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.models.Model;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
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

/** Single layers, their values and gradients, against what Keras computes. */
class LayerValuesTest {

  private static final double TOLERANCE = 1e-5;

  static Stream<Config> cases() {
    return Stream.of(
            "values", "values-of-sequences", "values-of-spaces", "values-of-renormalization")
        .flatMap(name -> LayerGoldens.configs(LayerGoldens.load(name), "cases").stream());
  }

  /** Without wrappers, whose inner layers Keras writes with what they were built for. */
  static Stream<Config> casesOfSequences() {
    return Stream.of("values-of-sequences", "values-of-spaces", "values-of-renormalization")
        .flatMap(name -> LayerGoldens.configs(LayerGoldens.load(name), "cases").stream())
        .filter(golden -> !isWrapper((Config) ((Config) golden.get("serialized")).get("config")));
  }

  private static boolean isWrapper(Config config) {
    return config.has("layer") || config.has("cell");
  }

  @ParameterizedTest
  @MethodSource("casesOfSequences")
  void isWrittenAsKerasWritesIt(Config golden) {
    Config serialized = (Config) golden.get("serialized");
    assertEquals(serialized.get("config"), Layers.deserialize(serialized).getConfig());
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
    assertWeights(golden, layer.weights(input), call);
  }

  /** Keras says the gradients of trainable weights, and the values of the others afterwards. */
  private static void assertWeights(Config golden, List<WeightSpec> specs, FakeCall call) {
    float[][] gradients = LayerGoldens.matrix(golden, "weight_gradients");
    float[][] updated = LayerGoldens.matrix(golden, "updated");
    assertEquals(gradients.length + updated.length, specs.size());
    for (int i = 0; i < specs.size(); i++) {
      if (specs.get(i).trainable()) {
        assertClose(gradients[i], call.weightGradients[i], TOLERANCE, "gradient of weight " + i);
      } else {
        float[] next = updated[i - gradients.length];
        assertClose(next, moved(specs.get(i), call, i), TOLERANCE, "statistic " + i);
      }
    }
  }

  private static float[] moved(WeightSpec spec, FakeCall call, int index) {
    float[] moved = call.weights[index].clone();
    for (int i = 0; i < moved.length && spec.isStatistic() && call.training; i++) {
      double measured = call.statistics[index][i] / (double) call.rows();
      moved[i] = (float) (moved[i] * spec.momentum() + measured * (1 - spec.momentum()));
    }

    return moved;
  }

  private static FakeCall call(Config golden, Shape input, Shape output) {
    float[] x = floats(golden, "x");
    FakeCall call = new FakeCall(x.length / input.size(), input.size(), output.size(), 1);
    System.arraycopy(x, 0, call.input, 0, x.length);
    float[] cotangent = floats(golden, "cotangent");
    System.arraycopy(cotangent, 0, call.outputGradient, 0, cotangent.length);
    call.weights = LayerGoldens.matrix(golden, "weights");
    call.weightGradients = LayerGoldens.matrix(golden, "weights");
    call.statistics = LayerGoldens.matrix(golden, "weights");
    call.training = (boolean) golden.get("training");
    if (golden.get("mask") instanceof List<?> mask) {
      call.masks = new boolean[1][mask.size()];
      for (int i = 0; i < mask.size(); i++) {
        call.masks[0][i] = (boolean) mask.get(i);
      }
    }

    return call;
  }

  /** A second input says which places the softmax is of. */
  @Test
  void softmaxOfSomePlacesIsThatOfKeras() {
    Config golden = (Config) LayerGoldens.load("values-of-spaces").get("softmax");
    Model first = Model.fromJson((String) golden.get("model"));
    Model model = Model.fromJson(first.toJson());
    assertEquals(first.toJson(), model.toJson());
    model.compile("sgd", "mse");
    model.setWeights(LayerGoldens.matrix(golden, "weights"));
    float[][] x = LayerGoldens.matrix(golden, "x");
    assertPredicts(LayerGoldens.matrix(golden, "before"), model.predict(x));
    model.fit(
        LocalData.of(x, LayerGoldens.matrix(golden, "labels")),
        FitOptions.builder().epochs(3).batchSize(3).shards(1).shuffle(false).verbose(0).build());
    assertPredicts(LayerGoldens.matrix(golden, "after"), model.predict(x));
  }

  @Test
  void batchRenormalizationTrainsAsInKeras() {
    Config golden = (Config) LayerGoldens.load("values-of-renormalization").get("fitted");
    Model model = Model.fromJson((String) golden.get("model"));
    model.compile(SGD.builder().learningRate(0.1).build(), "mse");
    assertEquals(2f, model.getWeights()[6][0], "moving_stddev starts with a square root");
    model.setWeights(LayerGoldens.matrix(golden, "weights"));
    float[][] x = LayerGoldens.matrix(golden, "x");
    model.fit(
        LocalData.of(x, LayerGoldens.matrix(golden, "labels")),
        FitOptions.builder().epochs(4).batchSize(4).shards(1).shuffle(false).verbose(0).build());
    float[][] updated = LayerGoldens.matrix(golden, "updated");
    for (int i = 0; i < updated.length; i++) {
      assertClose(updated[i], model.getWeights()[i], TOLERANCE, "weight " + i);
    }

    assertPredicts(LayerGoldens.matrix(golden, "after"), model.predict(x));
  }

  /** As a keyword Keras hands the mask on to the loss, too. */
  @Test
  void softmaxWithAMaskByKeywordIsRefused() {
    Config golden = (Config) LayerGoldens.load("values-of-spaces").get("softmax");
    Config model = Config.parse((String) golden.get("model"));
    Config inner = (Config) model.get("config");
    List<Config> layers = new ArrayList<>();
    for (Config layer : LayerGoldens.configs(inner, "layers")) {
      layers.add("softmax".equals(layer.get("name")) ? byKeyword(layer) : layer);
    }

    String keyword = model.with("config", inner.with("layers", layers)).toJson();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Model.fromJson(keyword));
    assertTrue(
        e.getMessage().startsWith("The layer 'softmax' is called with mask="), e.getMessage());
  }

  private static Config byKeyword(Config layer) {
    Config node = LayerGoldens.configs(layer, "inbound_nodes").get(0);
    List<?> tensors = (List<?>) node.get("args");
    Config moved =
        node.with("args", tensors.subList(0, 1))
            .with("kwargs", Config.builder().put("mask", tensors.get(1)).build());
    return layer.with("inbound_nodes", List.of(moved));
  }

  private static void assertPredicts(float[][] expected, float[][] predicted) {
    for (int row = 0; row < expected.length; row++) {
      assertClose(expected[row], predicted[row], TOLERANCE, "row " + row);
    }
  }
}
