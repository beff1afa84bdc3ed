package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.optimizers.Optimizers;
import io.firesteel.saving.Config;
import io.firesteel.testing.KerasPython;
import io.firesteel.testing.NeedsKeras;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Training that goes on where real Keras ended, and in Keras where Firesteel ended, with every
 * optimizer and wrapper: Keras takes 4 steps and saves, both take 4 further ones, Firesteel saves,
 * and both take 4 further ones. src/test/python/interchange.py is Keras's half.
 */
@NeedsKeras
class OptimizerInterchangeTest {

  private static final String SCRIPT = "src/test/python/interchange.py";
  private static final double MOST = 1e-5;

  @TempDir private static Path folder;

  private static final Map<String, Double> KERAS_THEN_FIRESTEEL = new TreeMap<>();
  private static final Map<String, Double> FIRESTEEL_THEN_KERAS = new TreeMap<>();
  private static final TreeSet<String> CLASSES = new TreeSet<>();

  private static LocalData data() {
    float[][] x = new float[16][3];
    float[] y = new float[16];
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < 3; i++) {
        x[row][i] = (3 * row + i) % 11 / 8f - 0.5f;
      }

      y[row] = row % 5 / 4f;
    }

    return LocalData.of(x, y);
  }

  private static void train(Model model) {
    model.fit(
        data(), FitOptions.builder().batchSize(4).shards(1).shuffle(false).verbose(0).build());
  }

  private static List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json") && !name.endsWith("-continued.json"))
          .map(name -> name.substring(0, name.length() - ".json".length()))
          .sorted()
          .toList();
    }
  }

  private static double difference(Model model, String file) throws IOException {
    List<?> weights =
        Config.parse(Files.readString(folder.resolve(file))).reader(file).optionalList("weights");
    float[][] own = model.getWeights();
    double most = 0.0;
    double largest = 0.0;
    assertEquals(weights.size(), own.length);
    for (int k = 0; k < own.length; k++) {
      List<?> expected = (List<?>) weights.get(k);
      for (int i = 0; i < own[k].length; i++) {
        double value = ((Number) expected.get(i)).doubleValue();
        most = Math.max(most, Math.abs(value - own[k][i]));
        largest = Math.max(largest, Math.abs(value));
      }
    }

    return most / largest;
  }

  @BeforeAll
  static void trainInTurns() throws Exception {
    KerasPython.run(SCRIPT, "make", folder);
    Map<String, Model> models = new TreeMap<>();
    for (String name : names()) {
      Model model = Model.load(folder.resolve(name + ".keras").toString());
      CLASSES.add(model.optimizer().className());
      train(model);
      KERAS_THEN_FIRESTEEL.put(name, difference(model, name + ".json"));
      model.save(folder.resolve(name + "-firesteel.keras").toString());
      train(model);
      models.put(name, model);
    }

    KerasPython.run(SCRIPT, "continue", folder);
    for (Map.Entry<String, Model> model : models.entrySet()) {
      String file = model.getKey() + "-continued.json";
      FIRESTEEL_THEN_KERAS.put(model.getKey(), difference(model.getValue(), file));
    }

    System.out.println("Keras, then Firesteel: " + KERAS_THEN_FIRESTEEL);
    System.out.println("Firesteel, then Keras: " + FIRESTEEL_THEN_KERAS);
  }

  private static void assertClose(Map<String, Double> differences) {
    Map<String, Double> far = new TreeMap<>(differences);
    far.values().removeIf(difference -> difference <= MOST);
    assertEquals(Map.of(), far);
    assertTrue(differences.size() >= 27, differences.toString());
  }

  @Test
  void firesteelGoesOnWhereKerasEnded() {
    assertClose(KERAS_THEN_FIRESTEEL);
  }

  @Test
  void kerasGoesOnWhereFiresteelEnded() {
    assertClose(FIRESTEEL_THEN_KERAS);
  }

  @Test
  void everyOptimizerTakesPart() {
    assertNotNull(CLASSES);
    assertEquals(new TreeSet<>(Optimizers.classNames()), CLASSES);
  }
}
