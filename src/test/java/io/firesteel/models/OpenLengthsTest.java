package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Conv1D;
import io.firesteel.layers.Conv2D;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.GlobalMaxPooling1D;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.KerasTensor;
import io.firesteel.layers.LSTM;
import io.firesteel.saving.Config;
import io.firesteel.testing.KerasPython;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.NeedsKeras;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models whose inputs leave extents open against Keras (src/test/python/golden_open.py): sequences
 * with masks, images, two inputs, a nested model that is called on two lengths.
 */
class OpenLengthsTest {

  private static final Path FILES = Path.of("src/test/resources/golden-functional");

  @TempDir private Path folder;

  private static Config golden(String name) throws IOException {
    return Config.parse(Files.readString(FILES.resolve("open-" + name + ".json")));
  }

  /**
   * Returns the rows of a part of a golden as data, each input by its name where it has several.
   */
  private static LocalData data(Model model, Config golden, int part, float[][] labels) {
    List<?> arrays = (List<?>) golden.get("inputs" + part);
    List<?> shapes = (List<?>) ((List<?>) golden.get("shapes")).get(part);
    List<InputLayer> inputs = model.graph().inputLayers();
    if (inputs.size() == 1) {
      int[] shape =
          ((List<?>) shapes.get(0)).stream().mapToInt(d -> ((Long) d).intValue()).toArray();
      return LocalData.of(rows(arrays.get(0)), labels).featureShape(shape);
    }

    Map<String, float[][]> named = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      named.put(String.valueOf(inputs.get(i).name()), rows(arrays.get(i)));
    }

    return LocalData.of(named, labels);
  }

  private static float[][] rows(Object values) {
    return LayerGoldens.matrix(Config.builder().put("rows", values).build(), "rows");
  }

  private static void assertPredicts(Config golden, Model model) {
    float[][] expected = LayerGoldens.matrix(golden, "predictions");
    float[][] predicted = model.predict(data(model, golden, 2, new float[expected.length][1]));
    for (int row = 0; row < expected.length; row++) {
      assertArrayEquals(expected[row], predicted[row], 1e-5f, "row " + row);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "image", "translator", "twins"})
  void trainsOnTwoLengthsAndPredictsAThirdAsInKeras(String name) throws IOException {
    Config golden = golden(name);
    Model model = Model.fromJson(((Config) golden.get("config")).toJson());
    model.setWeights(LayerGoldens.matrix(golden, "start"));
    List<Double> losses = new ArrayList<>();
    for (int part = 0; part < 2; part++) {
      LocalData rows = data(model, golden, part, LayerGoldens.matrix(golden, "labels" + part));
      FitOptions options =
          FitOptions.builder().epochs(2).batchSize(6).shards(1).shuffle(false).verbose(0).build();
      losses.addAll(model.fit(rows, options).history().get("loss"));
    }

    List<?> expected = (List<?>) golden.get("losses");
    for (int step = 0; step < losses.size(); step++) {
      assertEquals(((Number) expected.get(step)).doubleValue(), losses.get(step), 1e-5);
    }

    float[][] end = LayerGoldens.matrix(golden, "end");
    float[][] weights = model.getWeights();
    for (int v = 0; v < end.length; v++) {
      assertArrayEquals(end[v], weights[v], 2e-5f, "variable " + v);
    }

    assertPredicts(golden, model);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "image", "translator", "twins"})
  void filesKeepWhatIsOpen(String name) throws IOException {
    Config golden = golden(name);
    Model model = Model.load(FILES.resolve("open-" + name + ".keras").toString());
    assertPredicts(golden, model);
    String file = folder.resolve("again.keras").toString();
    model.save(file);
    Model again = Model.load(file);
    assertPredicts(golden, again);
    assertEquals(model.weightsSha256(), again.weightsSha256());
    assertEquals(4, again.optimizer().iterations());
    assertEquals(shapes(golden.get("config")), shapes(Config.parse(model.toJson())));
    assertEquals(shapes(golden.get("config")), shapes(Config.parse(again.toJson())));
  }

  /** Returns all shapes in a config; Keras has some of masks besides, which layers have here. */
  private static Set<String> shapes(@Nullable Object value) {
    Set<String> found = new TreeSet<>();
    if (value instanceof Config config) {
      for (String key : config.keys()) {
        boolean shape = key.equals("batch_shape") || key.equals("shape");
        found.addAll(shape ? Set.of(key + config.get(key)) : shapes(config.get(key)));
      }
    } else if (value instanceof List<?> list) {
      list.forEach(each -> found.addAll(shapes(each)));
    }

    return found;
  }

  @Test
  void theSummaryIsKerass() throws IOException {
    for (String name : List.of("image", "translator")) {
      Config golden = golden(name);
      Model model = Model.fromJson(((Config) golden.get("config")).toJson());
      String expected = String.valueOf(golden.get("summary"));
      assertEquals(cells(expected), cells(model.summary()));
    }
  }

  /** Returns the shapes of a summary, in order. */
  private static List<String> cells(String summary) {
    return Pattern.compile("\\(None[^)]*\\)?")
        .matcher(summary)
        .results()
        .map(found -> found.group().replaceAll("\\s", ""))
        .toList();
  }

  @Test
  void theBitsAreThoseOfAModelOfThatLength() {
    float[][] x = new float[8][6];
    float[][] y = new float[8][1];
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < x[row].length; i++) {
        x[row][i] = (row * 7 + i * 3) % 11 / 11f;
      }

      y[row][0] = row % 2;
    }

    float[][][] weights = new float[2][][];
    for (int open = 0; open < 2; open++) {
      KerasTensor input = Input.of(open == 1 ? InputLayer.OPEN : 3, 2).output();
      KerasTensor output = Dense.of(1).call(LSTM.of(4).call(input));
      Model model = new Model(input, output);
      model.compile("adam", "mse");
      LocalData data = LocalData.of(x, y).featureShape(3, 2);
      model.fit(data, FitOptions.builder().epochs(2).batchSize(4).shards(2).verbose(0).build());
      weights[open] = model.getWeights();
    }

    assertArrayEquals(weights[0], weights[1]);
  }

  @Test
  void aStackTakesThemToo() throws IOException {
    Sequential model =
        new Sequential()
            .add(Input.of(-1, 2))
            .add(Conv1D.of(3, 2))
            .add(GlobalMaxPooling1D.of())
            .add(Dense.of(1));
    float[] shorter = model.predict(new float[][] {{1, 2, 3, 4}})[0];
    float[][] weights = model.getWeights();
    float[] longer = model.predict(new float[][] {{1, 2, 3, 4, 1, 2, 3, 4}})[0];
    assertArrayEquals(weights, model.getWeights());
    assertEquals(1, shorter.length);
    assertEquals(1, longer.length);
    assertTrue(model.summary().contains("(None, None, 3)"), model.summary());
    String file = folder.resolve("stack.keras").toString();
    model.save(file);
    Sequential again = Sequential.load(file);
    assertArrayEquals(
        longer, again.build(4, 2).predict(new float[][] {{1, 2, 3, 4, 1, 2, 3, 4}})[0]);
    assertEquals(model.toJson(), again.toJson());
    assertEquals(8, again.predictor().inputSize());
  }

  @Test
  void whatTellsNoLengthIsRefused() {
    KerasTensor image = Input.of(-1, -1, 2).name("image").output();
    Model images = new Model(image, Conv2D.of(1, 1).call(image));
    assertMessage(
        "The input 'image' of the model functional leaves several extents open, which the number of"
            + " values does not tell: set the shape of a row (featureShape of the data, or build of"
            + " the model). Received: rows of 24 values",
        () -> images.predict(new float[1][24]));
    assertEquals(12, images.build(3, 4, 2).predict(new float[1][24])[0].length);

    KerasTensor a = Input.of(-1, 3).name("a").output();
    KerasTensor b = Input.of(-1, 3).name("b").output();
    Model two =
        new Model(
            List.of(a, b),
            List.of(GlobalMaxPooling1D.of().call(a), GlobalMaxPooling1D.of().call(b)));
    assertMessage(
        "The model functional has several inputs of open length, [a, b]: give the rows of each by"
            + " its name. Received: rows of 12 values for all",
        () -> two.predict(new float[1][12]));
    assertMessage(
        "The input 'a' of the model functional takes rows of a multiple of 3 values. Received: 4",
        () -> two.predict(Map.of("a", new float[1][4], "b", new float[1][3])));
    two.build(Map.of("a", new int[] {2, 3}, "b", new int[] {1, 3}));
    assertEquals(9, two.predictor().inputSize());
    assertMessage(
        "build: the model functional has the inputs [a, b]. Received: [a]",
        () -> two.build(Map.of("a", new int[] {2, 3})));
    assertMessage(
        "The input 'b' takes rows of shape (None, 3). Received: (2, 4)",
        () -> two.build(Map.of("a", new int[] {2, 3}, "b", new int[] {2, 4})));
    KerasTensor flat = Flatten.of().call(Input.of(-1, 3).output());
    Model dense = new Model(flat.node().inputs().get(0), Dense.of(2).call(flat));
    assertMessage(
        "The shape of the variable functional/dense/kernel depends on an extent that the input"
            + " leaves open: it is (768, 2) and (1536, 2) for different lengths. Give the input's"
            + " shape",
        dense::variables);
  }

  private static void assertMessage(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  @Test
  @NeedsKeras
  void kerasOpensWhatWasWritten() throws Exception {
    for (String name : List.of("text", "image", "translator", "twins")) {
      String file = "open-" + name + ".keras";
      Model.load(FILES.resolve(file).toString()).save(folder.resolve(file).toString());
    }

    KerasPython.run("src/test/python/lengths_in_keras.py", FILES, folder);
  }
}
