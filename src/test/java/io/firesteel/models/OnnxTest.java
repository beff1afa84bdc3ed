package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.firesteel.activations.ActivationFunction;
import io.firesteel.activations.Activations;
import io.firesteel.layers.Add;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerCall;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.ServedModels;
import io.firesteel.testing.ServedModels.Served;
import io.firesteel.training.LocalData;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exported models in ONNX Runtime: the model's own predictions, for batches of any size. */
class OnnxTest {

  /** A share of the larger of 1 and the value. */
  private static final double TOLERANCE = 2e-6;

  private static final OrtEnvironment RUNTIME = OrtEnvironment.getEnvironment();

  @TempDir private Path folder;

  static Stream<Served> models() {
    return ServedModels.all();
  }

  static Stream<Served> activations() {
    return Activations.names().stream().map(ServedModels::ofActivation);
  }

  @ParameterizedTest
  @MethodSource({"models", "activations"})
  void predictsAsTheModel(Served served) throws Exception {
    String path = folder.resolve("model.onnx").toString();
    served.model().export(path);
    try (OrtSession session = RUNTIME.createSession(path, new OrtSession.SessionOptions())) {
      for (int rows : List.of(1, 3)) {
        float[][] x = served.rows(rows);
        float[][] expected = served.model().predict(x);
        assertPredictions(served.model(), session, x, expected);
      }
    }
  }

  static void assertPredictions(Model model, OrtSession session, float[][] x, float[][] expected)
      throws OrtException {
    Map<String, OnnxTensor> inputs = inputs(model, x);
    assertEquals(inputs.keySet(), session.getInputNames());
    try (OrtSession.Result result = session.run(inputs)) {
      int first = 0;
      for (Map.Entry<String, OnnxValue> output : result) {
        OnnxTensor tensor = (OnnxTensor) output.getValue();
        long[] shape = tensor.getInfo().getShape();
        assertEquals(x.length, shape[0], output.getKey());
        FloatBuffer values = tensor.getFloatBuffer();
        int width = values.remaining() / x.length;
        for (float[] row : expected) {
          float[] own = new float[width];
          values.get(own);
          float[] wanted = Arrays.copyOfRange(row, first, first + width);
          LayerGoldens.assertClose(wanted, own, TOLERANCE, output.getKey());
        }

        first += width;
      }

      assertEquals(expected[0].length, first);
    } finally {
      inputs.values().forEach(OnnxTensor::close);
    }
  }

  /** Returns the columns of rows as the inputs by name. */
  private static Map<String, OnnxTensor> inputs(Model model, float[][] x) throws OrtException {
    Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
    int first = 0;
    for (InputLayer input : model.graph().inputLayers()) {
      int size = input.shape().size();
      FloatBuffer values = FloatBuffer.allocate(x.length * size);
      for (float[] row : x) {
        values.put(row, first, size);
      }

      long[] shape = new long[input.shape().rank() + 1];
      shape[0] = x.length;
      for (int i = 1; i < shape.length; i++) {
        shape[i] = input.shape().dim(i - 1);
      }

      inputs.put(
          String.valueOf(input.name()), OnnxTensor.createTensor(RUNTIME, values.flip(), shape));
      first += size;
    }

    return inputs;
  }

  @Test
  @EnabledIfSystemProperty(named = "firesteel.python", matches = ".+")
  void onnxsOwnCheckerFindsNothing() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("firesteel.python"));
    command.add("src/test/python/check_onnx.py");
    for (Served served : Stream.concat(models(), activations()).toList()) {
      String path = folder.resolve(command.size() + ".onnx").toString();
      served.model().export(path);
      command.add(path);
    }

    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  @Test
  void sparseInputsAreDenseThere() throws Exception {
    KerasTensor number = Input.of(1).name("number").output();
    KerasTensor words = Input.sparse(5).name("words").output();
    KerasTensor both =
        Concatenate.of().call(Dense.of(2).call(number), Dense.of(2).useBias(false).call(words));
    Model model =
        new Model(List.of(number, words), List.of(Dense.of(2).activation("softmax").call(both)));
    String path = folder.resolve("sparse.onnx").toString();
    model.export(path);
    LocalData data =
        LocalData.ofSparse(
            new float[][] {{1}, {2}},
            5,
            new int[][] {{0, 3}, {4}},
            new float[][] {{0.5f, -1}, {2}},
            new float[2]);
    float[][] dense = {{1, 0.5f, 0, 0, -1, 0}, {2, 0, 0, 0, 0, 2}};
    try (OrtSession session = RUNTIME.createSession(path, new OrtSession.SessionOptions())) {
      assertPredictions(model, session, dense, model.predict(data));
    }
  }

  @Test
  void weightsOfALayerThatIsCalledTwiceAreThereOnce() throws Exception {
    int width = 100;
    KerasTensor left = Input.of(width).name("left").output();
    KerasTensor right = Input.of(width).name("right").output();
    Dense shared = Dense.of(width).useBias(false).name("shared");
    Model model =
        new Model(
            List.of(left, right), List.of(Add.of().call(shared.call(left), shared.call(right))));
    Path path = folder.resolve("shared.onnx");
    model.export(path.toString());
    long weights = 4L * width * width;
    assertTrue(Files.size(path) > weights && Files.size(path) < weights + 2000);
  }

  @Test
  void refusesAnotherFormat() {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(1));
    assertRefused(
        "export: path must end with .onnx, the one format. Received: x.pb",
        () -> model.export("x.pb"));
  }

  @Test
  void refusesLayersOfOthersByNameAndWritesNothing() {
    Sequential model =
        new Sequential("m")
            .add(Dense.of(2).inputShape(2))
            .add(new Twice("twice"))
            .add(new Twice("again"));
    Path path = folder.resolve("x.onnx");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> model.export(path.toString()));
    String begin =
        "export: the model m has layers that can't be said in ONNX: [twice (Twice), again (Twice)]."
            + " Those that can: [Activation, ActivityRegularization, Add, ";
    assertTrue(e.getMessage().startsWith(begin), e.getMessage());
    assertFalse(Files.exists(path));
  }

  @Test
  void refusesAnActivationOfOnesOwnWithItsLayer() {
    Activations.register("onnx_test", Half.class, config -> new Half());
    Sequential model =
        new Sequential().add(Dense.of(2).activation(new Half()).inputShape(2).withName("strange"));
    Path path = folder.resolve("x.onnx");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> model.export(path.toString()));
    String begin =
        "export: the layer 'strange' can't be said in ONNX, as its activation Half is"
            + " none of [celu, elu, ";
    assertTrue(e.getMessage().startsWith(begin), e.getMessage());
    assertFalse(Files.exists(path));
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }

  /** An activation of one's own. */
  private static final class Half extends ActivationFunction {
    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      for (int i = 0; i < vectors * width; i++) {
        y[i] = x[i] / 2;
      }
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      throw new UnsupportedOperationException();
    }
  }

  /** A layer of one's own. */
  private static final class Twice extends Layer {
    Twice(String name) {
      super(name, true);
    }

    @Override
    public Twice withName(String newName) {
      return new Twice(newName);
    }

    @Override
    public Twice withTrainable(boolean value) {
      return this;
    }

    @Override
    public Shape computeOutputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Shape input, LayerCall call) {
      for (int i = 0; i < call.rows() * input.size(); i++) {
        call.output()[i] = 2 * call.input()[i];
      }
    }

    @Override
    public void backward(Shape input, LayerCall call) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Config getConfig() {
      return Config.builder().put("name", name()).build();
    }
  }
}
