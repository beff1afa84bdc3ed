package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Input;
import io.firesteel.layers.IntegerLookup;
import io.firesteel.layers.LSTM;
import io.firesteel.layers.Layer;
import io.firesteel.layers.LeakyReLU;
import io.firesteel.layers.Softmax;
import io.firesteel.saving.Config;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of Keras as people have them; keras_archives.py made them. */
class PeoplesFilesTest {

  private static final Path FILES = Path.of("src/test/resources/keras");

  @TempDir Path folder;

  private static Sequential load(String name) throws IOException {
    return Sequential.load(FILES.resolve(name + ".keras").toString());
  }

  private static float[][] matrix(Config golden, String key) {
    return golden.reader("golden").list(key).stream()
        .map(PeoplesFilesTest::vector)
        .toArray(float[][]::new);
  }

  private static float[] vector(Object row) {
    List<?> values = (List<?>) row;
    float[] vector = new float[values.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = ((Number) values.get(i)).floatValue();
    }

    return vector;
  }

  private static Config golden(String name) throws IOException {
    return Config.parse(Files.readString(FILES.resolve(name + ".json")));
  }

  /** A Sequential without Input, whose rows came in batches of 8; layers as activations. */
  @Test
  void aModelThatWasFittedWithoutAnInputPredictsAnyNumberOfRows() throws IOException {
    Sequential model = load("fitted");
    float[][] x = matrix(golden("fitted"), "x");
    float[][] expected = matrix(golden("fitted"), "predictions");

    float[][] predicted = model.predict(x);
    assertEquals(8, predicted.length);
    for (int i = 0; i < predicted.length; i++) {
      assertArrayEquals(expected[i], predicted[i], 1e-6f);
    }

    assertArrayEquals(expected[0], model.predict(new float[][] {x[0]})[0], 1e-6f);
  }

  @Test
  void layersAsActivationsAndTheArgumentsOfCompileAreSavedAsTheyWere() throws IOException {
    String file = folder.resolve("again.keras").toString();
    load("fitted").save(file);
    Config again = Config.parse(Sequential.load(file).toJson());

    Config compile = again.reader("model").config("compile_config");
    assertEquals(true, compile.get("jit_compile"));
    assertEquals(2L, compile.get("steps_per_execution"));
    Config activation = ((Config) layer(again, 1).get("activation"));
    assertEquals("keras.layers", activation.get("module"));
    assertEquals("LeakyReLU", activation.get("class_name"));
    assertEquals(0.1, ((Config) activation.get("config")).get("negative_slope"));
    assertEquals(
        1.5,
        ((Config) ((Config) layer(again, 2).get("activation")).get("config")).get("max_value"));
  }

  private static Config layer(Config model, int index) {
    Config layer =
        (Config) model.reader("model").config("config").reader("c").list("layers").get(index);
    return (Config) layer.get("config");
  }

  /** Keras compiles what it can unless it is told. */
  @Test
  void aModelOfOursIsCompiledByKerasAsItSeesFit() {
    Sequential model = new Sequential().add(Dense.of(1).inputShape(2));
    model.compile("adam", "mse");

    assertEquals(
        "auto",
        Config.parse(model.toJson()).reader("model").config("compile_config").get("jit_compile"));
  }

  @Test
  void aLayerAsActivationIsTrainedAsTheLayerOnItsOwn() {
    Sequential inside =
        new Sequential().seed(3).add(Dense.of(2).activation(LeakyReLU.of(0.1)).inputShape(2));
    Sequential beside =
        new Sequential().seed(3).add(Dense.of(2).inputShape(2)).add(LeakyReLU.of(0.1));
    float[][] x = {{1, -2}, {-3, 4}, {0.5f, 1}, {-1, -1}};
    for (Sequential model : List.of(inside, beside)) {
      model.compile("sgd", "mse");
      model.fit(LocalData.of(x, x), FitOptions.epochs(3));
    }

    assertArrayEquals(beside.variables().get(0).values(), inside.variables().get(0).values());
  }

  @Test
  void layersThatMixValuesAreNoActivations() {
    assertEquals(
        "The layer Dense can't be an activation. Allowed: a function's name, or one of the layers"
            + " Activation, ELU, LeakyReLU, ReLU and Softmax",
        assertThrows(IllegalArgumentException.class, () -> Dense.of(2).activation(Dense.of(3)))
            .getMessage());
  }

  @Test
  void weightsOf16BitsAreReadAsTheFloatsTheyAre() throws IOException {
    Sequential model = load("float16");
    List<?> expected = golden("float16").reader("golden").list("weights");

    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(vector(expected.get(i)), model.variables().get(i).values());
    }
  }

  @Test
  void whatATaskDoesNotNeedIsNotRead() throws IOException {
    String file = FILES.resolve("own-loss.keras").toString();
    IllegalArgumentException error =
        assertThrows(IllegalArgumentException.class, () -> Sequential.load(file));
    assertTrue(error.getMessage().contains("own_loss"), error::getMessage);

    Sequential model = Sequential.load(file, false);
    assertFalse(model.isCompiled());
    assertEquals(3, model.predict(new float[][] {{1, 2, 3, 4, 5}})[0].length);
    model.compile("adam", "mse");
    model.fit(
        LocalData.of(new float[][] {{1, 2, 3, 4, 5}}, new float[][] {{0, 0, 0}}),
        FitOptions.epochs(1));
  }

  @Test
  void nestedModelsAreOpened() throws IOException {
    Sequential model = load("nested");
    assertTrue(model.layers().stream().anyMatch(layer -> "inner".equals(layer.name())));
    assertTrue(model.getWeights("inner").length > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tf-keras", "tf-keras-windows"})
  void filesOfTfKerasOpenWithTheirWeights(String name) throws IOException {
    try (CapturedLog log = CapturedLog.of("io.firesteel.checkpoint.KerasArchiveReader")) {
      Sequential model = load(name);

      assertArrayEquals(new float[] {0, 1 / 8f, 2 / 8f}, model.variables().get(1).values());
      assertArrayEquals(new float[] {2, 2 + 1 / 8f, 2 + 2 / 8f}, model.variables().get(5).values());
      assertArrayEquals(
          new float[] {-1, -7 / 8f, -6 / 8f, -5 / 8f, -4 / 8f, -3 / 8f},
          model.variables().get(6).values());
      assertTrue(model.isCompiled());
      assertEquals(0, model.optimizer().iterations());
      assertTrue(log.text().contains("17 variables"), log::text);
    }
  }

  /** src/test/python/lookup_in_keras.py. */
  @Test
  void aLearnedVocabularyComesFromTheFileAndStays(@TempDir Path folder) throws IOException {
    Model model = Model.load("src/test/resources/keras/lookup.keras");
    assertEquals(
        List.of(-1L, -1L, 7L, 5L, 9L), ((IntegerLookup) model.getLayer("lookup")).vocabulary());
    float[][] ids = {{5}, {9}, {7}, {1}, {2}};
    float[] expected = {-0.018731851f, 0.0023604303f, 0.0488121286f, 0.0274542552f, -0.0404737815f};
    float[][] predicted = model.predict(ids);
    for (int row = 0; row < expected.length; row++) {
      assertEquals(expected[row], predicted[row][0], 1e-6);
    }

    model.fit(
        LocalData.of(ids, new float[] {1, 2, 3, 4, 5}),
        FitOptions.builder().epochs(2).verbose(0).build());
    String saved = folder.resolve("again.keras").toString();
    model.save(saved);
    Model again = Model.load(saved);
    assertEquals(
        ((IntegerLookup) model.getLayer("lookup")).vocabulary(),
        ((IntegerLookup) again.getLayer("lookup")).vocabulary());
    assertArrayEquals(model.predict(ids), again.predict(ids));
  }

  /** src/test/python/masks_in_keras.py. */
  @ParameterizedTest
  @ValueSource(strings = {"recurrent", "merged", "transformer", "concatenated"})
  void functionalModelsWithMasksOpenAndTrain(String name) throws IOException {
    Path folder = Path.of("src/test/resources/keras");
    Config answers =
        (Config) Config.parse(Files.readString(folder.resolve("masks.json"))).get(name);
    Model model = Model.load(folder.resolve("masks-" + name + ".keras").toString());
    float[][] x = LayerGoldens.matrix(answers, "x");
    assertPredicts(answers, "before", model, x);
    model.fit(
        name.equals("merged")
            ? LocalData.of(x, LayerGoldens.floats(answers, "y")).featureShape(6, 2)
            : LocalData.of(x, LayerGoldens.floats(answers, "y")),
        FitOptions.builder().epochs(3).batchSize(4).shuffle(false).verbose(0).build());
    assertPredicts(answers, "after", model, x);
    assertPredicts(answers, "after", Model.fromJson(model.toJson(), 1), model, x);
  }

  private static void assertPredicts(Config answers, String key, Model model, float[][] x) {
    float[] expected = LayerGoldens.floats(answers, key);
    float[][] predicted = model.predict(x);
    for (int row = 0; row < expected.length; row++) {
      assertEquals(expected[row], predicted[row][0], 2e-6, key + ", row " + row);
    }
  }

  private static void assertPredicts(
      Config answers, String key, Model again, Model model, float[][] x) {
    again.setWeights(model.getWeights());
    assertPredicts(answers, key, again, x);
  }

  /** src/test/python/operations_in_keras.py. */
  @Test
  void arithmeticInFunctionalModelsIsRead() throws IOException {
    Config answers = golden("operations");
    float[][] x = LayerGoldens.matrix(answers, "x");
    Model model = trainedAsInKeras("operations", answers, x);
    assertPredicts(answers, "after", Model.fromJson(model.toJson(), 1), model, x);
    assertFalse(model.toJson().contains("keras.src.ops"));
  }

  /** {@code x[:, 0]}, {@code ops.mean(x, 1)}, {@code ops.log(x)} are written as they were read. */
  @Test
  void partsOfTensorsSumsAndFunctionsAreRead() throws IOException {
    Config answers = golden("operations-parts");
    float[][] x = LayerGoldens.matrix(answers, "x");
    Model model = trainedAsInKeras("operations-parts", answers, x);
    Path again = folder.resolve("again.keras");
    model.save(again.toString());
    assertPredicts(answers, "after", Model.load(again.toString()), x);
    assertEquals(operations(FILES.resolve("operations-parts.keras")), operations(again));
  }

  /** {@code x + y} on tensors with masks, {@code ops.maximum(x, 1e-7)}: as Keras wrote them. */
  @ParameterizedTest
  @ValueSource(strings = {"operations-masked", "operations-distance"})
  void operationsThatLoseMasksOrCutOffAreRead(String name) throws Exception {
    Config answers = golden(name);
    float[][] x = LayerGoldens.matrix(answers, "x");
    Model model = trainedAsInKeras(name, answers, x);
    Path again = folder.resolve("again.keras");
    model.save(again.toString());
    Model reopened = Model.load(again.toString());
    assertPredicts(answers, "after", reopened, x);
    assertEquals(model.toJson(), reopened.toJson());
    if (name.equals("operations-masked")) {
      String onnx = folder.resolve("operations.onnx").toString();
      model.export(onnx);
      try (OrtSession session =
          OrtEnvironment.getEnvironment().createSession(onnx, new OrtSession.SessionOptions())) {
        OnnxTest.assertPredictions(model, session, x, model.predict(x));
      }
    }

    assertTrue(model.toJson().contains("keras.src.ops.numpy"));
  }

  /** Predicts as Keras does, before training and after. */
  private static Model trainedAsInKeras(String name, Config answers, float[][] x)
      throws IOException {
    Model model = Model.load(FILES.resolve(name + ".keras").toString());
    assertPredicts(answers, "before", model, x);
    model.fit(
        LocalData.of(x, LayerGoldens.floats(answers, "y")),
        FitOptions.builder().epochs(3).batchSize(4).shuffle(false).verbose(0).build());
    assertPredicts(answers, "after", model, x);
    return model;
  }

  /** The operations in a file that no layer of Keras does, with their configs and calls. */
  private static List<Object> operations(Path file) throws IOException {
    Set<Object> kept =
        Set.of("GetItem", "Mean", "Max", "Min", "Sum", "Sin", "Clip", "Power", "Rsqrt");
    Config config = (Config) KerasArchive.load(file.toString()).config().get("config");
    List<Object> found = new ArrayList<>();
    for (Object each : (List<?>) config.get("layers")) {
      Config layer = (Config) each;
      if (kept.contains(layer.get("class_name"))) {
        Config node = (Config) ((List<?>) layer.get("inbound_nodes")).get(0);
        List<?> arguments = (List<?>) node.get("args");
        found.add(layer.get("module"));
        found.add(layer.get("registered_name"));
        found.add(layer.get("config"));
        found.add(arguments.subList(1, arguments.size()).toString().replace("3.0", "3"));
      }
    }

    assertEquals(52, found.size());
    return found;
  }

  @Test
  void anOperationThatIsNoLayerIsRefused() throws IOException {
    String json = KerasArchive.load(FILES.resolve("operations.keras").toString()).config().toJson();
    String other = json.replace("\"class_name\":\"Tanh\"", "\"class_name\":\"Erf\"");
    String message =
        assertThrows(IllegalArgumentException.class, () -> Model.fromJson(other)).getMessage();
    assertTrue(
        message.startsWith(
            "The operation 'tanh' of the class Erf is not the work of a layer. Operations that are"
                + " read: Absolute, Add, Clip,"),
        message);
  }

  /** Its group in the file is called {@code grouped_query_attention}. */
  @Test
  void aLayerThatIsNoneHereIsNamedNotAPlaceInTheFile() throws IOException {
    Path altered = Files.copy(FILES.resolve("fitted.keras"), folder.resolve("altered.keras"));
    try (FileSystem zip = FileSystems.newFileSystem(altered)) {
      Path config = zip.getPath("config.json");
      String json = Files.readString(config);
      Files.writeString(
          config,
          json.replaceFirst("\"class_name\": \"Dense\"", "\"class_name\": \"STFTSpectrogram\""));
    }

    String message =
        assertThrows(IllegalArgumentException.class, () -> Model.load(altered.toString()))
            .getMessage();
    assertTrue(message.startsWith("Unknown layer 'STFTSpectrogram'. Allowed: "), message);
  }

  @Test
  void aMaskOfOnesOwnIsRefused() throws IOException {
    String json = Model.load("src/test/resources/keras/masks-recurrent.keras").toJson();
    assertFalse(json.contains("NotEqual"));
    String keras =
        KerasArchive.load("src/test/resources/keras/masks-recurrent.keras").config().toJson();
    assertTrue(keras.contains("NotEqual"));
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Model.fromJson(keras.replace("\"mask_zero\":true", "\"mask_zero\":false")))
            .getMessage();
    assertTrue(
        message.startsWith(
            "The layer 'lstm' is called with a mask that is not the one of its input"),
        message);
  }

  @Test
  void masksThatALayerCanNotUseAreRefused() {
    assertTrue(refused(Softmax.of()).contains("with a mask of another shape, nor does Keras"));
    assertTrue(refused(BatchNormalization.of().axis(1)).contains("along the last axis only"));
  }

  private static String refused(Layer layer) {
    Sequential model =
        new Sequential("masked")
            .add(Input.of(3))
            .add(Embedding.of(5, 2).maskZero(true))
            .add(layer)
            .add(LSTM.of(2));
    return assertThrows(
            IllegalArgumentException.class, () -> model.predict(new float[][] {{1, 2, 0}}))
        .getMessage();
  }
}
