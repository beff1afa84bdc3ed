package io.firesteel.models;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.ModelCheckpoint;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.NeedsKeras;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A convolutional base that Keras trained (src/test/python/transfer_in_keras.py), a part of it
 * frozen under a new head, and files of weights both ways.
 */
class TransferTest {

  private static final Path KERAS = Path.of("src/test/resources/keras");
  private static final String BASE = KERAS.resolve("base.keras").toString();
  private static final String WEIGHTS = KERAS.resolve("base.weights.h5").toString();

  @TempDir private Path folder;

  private static float[][] golden(String key) throws IOException {
    return LayerGoldens.matrix(Config.parse(Files.readString(KERAS.resolve("base.json"))), key);
  }

  private static void assertPredicts(String expected, Model model) throws IOException {
    float[][] wanted = golden(expected);
    float[][] actual = model.predict(golden("x"));
    for (int row = 0; row < wanted.length; row++) {
      assertClose(wanted[row], actual[row], 1e-5, expected + " of row " + row);
    }
  }

  /** Rows that the head can tell apart. */
  private static LocalData data() {
    float[][] x = new float[60][64];
    float[] y = new float[60];
    for (int row = 0; row < x.length; row++) {
      Arrays.fill(x[row], row % 2 == 0 ? 1.5f : -1.5f);
      x[row][row] += 1;
      y[row] = row % 2;
    }

    return LocalData.of(x, y).featureShape(8, 8, 1);
  }

  private static Model transferred() throws IOException {
    Model base = Model.load(BASE, false).upTo("features").trainable(false);
    KerasTensor input = Input.of(8, 8, 1).output();
    KerasTensor output = Dense.of(1).activation("sigmoid").name("head").call(base.call(input));
    Model model = new Model("transferred", List.of(input), List.of(output)).seed(5);
    model.compile(
        Map.of("class_name", "Adam", "config", Map.of("learning_rate", 0.1)),
        "binary_crossentropy");
    return model;
  }

  @Test
  void aPartOfAModelPredictsWhatKerasPredictsAndSharesItsVariables() throws IOException {
    Model base = Model.load(BASE);
    Model part = base.upTo("features");
    assertPredicts("classes", base);
    assertPredicts("features", part);
    assertEquals(base.variables().size() - 2, part.variables().size());
    for (int i = 0; i < part.variables().size(); i++) {
      assertSame(base.variables().get(i), part.variables().get(i));
    }

    assertEquals(
        "The model base has no layer 'feature'. Layers: [image, conv1, norm, pool, conv2,"
            + " features, classes]",
        assertThrows(IllegalArgumentException.class, () -> base.upTo("feature")).getMessage());
  }

  @Test
  void aNewHeadIsTrainedAndTheFrozenBaseStays() throws IOException {
    Model model = transferred();
    float[][] before = model.getWeights("base");
    Map<String, Double> last =
        model
            .fit(data(), FitOptions.builder().epochs(40).batchSize(20).shards(2).verbose(0).build())
            .last();
    assertTrue(last.get("loss") < 0.2, last.toString());
    assertTrue(Arrays.deepEquals(before, model.getWeights("base")));
    assertEquals(2, model.variables().stream().filter(v -> v.trainable()).count());
    Path file = folder.resolve("trained.keras");
    model.save(file.toString());
    Model again = Model.load(file.toString());
    assertArrayEquals(model.predict(data()), again.predict(data()));
    assertFalse(again.getLayer("base").trainable());
  }

  @Test
  void weightsOfKerasAreLoadedWithTheOptimizersState() throws IOException {
    Model model = Model.fromJson(Model.load(BASE).toJson(), 77);
    model.loadWeights(WEIGHTS);
    assertPredicts("classes", model);
    List<Double> expected =
        Config.parse(Files.readString(KERAS.resolve("base.json")))
            .reader("golden")
            .numbers("optimizer");
    assertEquals(expected.size(), model.optimizer().variables().size());
    for (int i = 2; i < expected.size(); i++) {
      double sum = 0;
      for (float value : model.optimizer().variables().get(i).values()) {
        sum += Math.abs(value);
      }

      assertEquals(expected.get(i), sum, 1e-5 * Math.max(1, sum));
    }

    Model fromArchive = Model.fromJson(Model.load(BASE).toJson(), 78);
    fromArchive.loadWeights(BASE);
    assertEquals(model.weightsSha256(), fromArchive.weightsSha256());
  }

  @Test
  void weightsAreWrittenAndReadAgain() throws IOException {
    Model model = Model.load(BASE);
    String path = folder.resolve("again.weights.h5").toString();
    model.saveWeights(path);
    Model other = Model.fromJson(model.toJson(), 79);
    other.loadWeights(path);
    assertEquals(model.weightsSha256(), other.weightsSha256());
    assertEquals(
        "saveWeights: 'path' must be one that ends in .weights.h5. Received: x.h5",
        assertThrows(IllegalArgumentException.class, () -> model.saveWeights("x.h5")).getMessage());
    assertEquals(
        "loadWeights: 'path' must be one that ends in .weights.h5 or .keras. Received: x.h5",
        assertThrows(IllegalArgumentException.class, () -> model.loadWeights("x.h5")).getMessage());
  }

  @Test
  void weightsThatAFitSavedAreThoseOfItsEnd() throws IOException {
    Model model = transferred();
    Path pattern = folder.resolve("{epoch}.weights.h5");
    model.fit(
        data(),
        FitOptions.builder()
            .epochs(2)
            .batchSize(20)
            .verbose(0)
            .callbacks(ModelCheckpoint.builder(pattern.toString()).saveWeightsOnly(true).build())
            .build());
    Model other = transferred();
    other.loadWeights(folder.resolve("1.weights.h5").toString());
    assertNotEquals(model.weightsSha256(), other.weightsSha256());
    other.loadWeights(folder.resolve("2.weights.h5").toString());
    assertEquals(model.weightsSha256(), other.weightsSha256());
    assertEquals(6, other.optimizer().iterations());
  }

  @Test
  void layersThatDoNotFitAreRefusedOrSkippedByName() throws IOException {
    Model other = Model.load(BASE, false);
    Config json = Config.parse(other.toJson().replace("\"units\":3", "\"units\":7"));
    Model wider = Model.fromJson(json.toJson(), 80);
    float[][] before = wider.getWeights("classes");
    float[][] all = wider.getWeights();
    String message =
        assertThrows(IllegalArgumentException.class, () -> wider.loadWeights(WEIGHTS)).getMessage();
    assertEquals(
        "The variable base/classes/kernel has the shape (6, 7), in the file it has (6, 3)",
        message);
    assertTrue(Arrays.deepEquals(all, wider.getWeights()));
    assertEquals(List.of("classes"), wider.loadWeights(WEIGHTS, true));
    assertTrue(Arrays.deepEquals(before, wider.getWeights("classes")));
    assertTrue(Arrays.deepEquals(other.getWeights("conv2"), wider.getWeights("conv2")));
  }

  @Test
  @NeedsKeras
  void kerasOpensWhatWasTrained() throws Exception {
    Model model = transferred();
    model.fit(data(), FitOptions.builder().epochs(3).batchSize(20).verbose(0).build());
    Path file = folder.resolve("trained.keras");
    Path weights = folder.resolve("trained.weights.h5");
    Path answers = folder.resolve("answers.json");
    model.save(file.toString());
    model.saveWeights(weights.toString());
    Config expected =
        Config.builder()
            .put("x", lists(golden("x")))
            .put("y", lists(model.predict(golden("x"))))
            .build();
    Files.writeString(answers, expected.toJson());
    ProcessBuilder python =
        new ProcessBuilder(
                System.getProperty("firesteel.python"),
                "src/test/python/transfer_in_keras.py",
                file.toString(),
                weights.toString(),
                answers.toString())
            .redirectErrorStream(true);
    Process process = python.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private static List<List<Double>> lists(float[][] rows) {
    return Arrays.stream(rows)
        .map(
            row -> {
              Double[] numbers = new Double[row.length];
              Arrays.setAll(numbers, i -> (double) row[i]);
              return List.of(numbers);
            })
        .toList();
  }
}
