package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.checkpoint.KerasArchive;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.testing.JobProcess;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.NeedsKeras;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The job files of {@code conf/}; the default one has a test of its own. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ExampleJobsTest {

  private static final int FEATURES = 123;

  @TempDir Path folder;

  @Test
  void a9aTrainsOnRowsOfThatForm(SparkSession spark) throws Exception {
    Files.writeString(folder.resolve("a9a"), rows(2000, 1));
    Files.writeString(folder.resolve("a9a.t"), rows(500, 2));
    Config file = Config.parse(Files.readString(JobProcess.ROOT.resolve("conf/a9a.json")));
    Config config =
        Overrides.apply(
            file,
            List.of(
                "data.path=" + folder.resolve("a9a"),
                "validation.path=" + folder.resolve("a9a.t"),
                "checkpoint.path=" + folder.resolve("checkpoints"),
                "output.path=" + folder.resolve("output"),
                "fit.batch_size=100"));
    Train.prepare(Job.parse(config), new Locations(new Configuration())).run(spark);
    Config result = Config.parse(Files.readString(folder.resolve("output/result.json")));
    assertEquals(100L, result.get("steps"));
    double accuracy = ((Config) result.get("validation")).reader("validation").number("accuracy");
    assertTrue(accuracy > 0.8, "accuracy " + accuracy);
  }

  @Test
  void theConvolutionalNetTrainsOnImagesOfThatForm(SparkSession spark) throws Exception {
    Files.writeString(folder.resolve("train.csv"), images(200, 1));
    Files.writeString(folder.resolve("test.csv"), images(60, 2));
    Config file = Config.parse(Files.readString(JobProcess.ROOT.resolve("conf/fashion-cnn.json")));
    Config config =
        Overrides.apply(
            file,
            List.of(
                "data.path=" + folder.resolve("train.csv"),
                "validation.path=" + folder.resolve("test.csv"),
                "checkpoint.path=" + folder.resolve("checkpoints"),
                "output.path=" + folder.resolve("output"),
                "fit.batch_size=40",
                "fit.epochs=2"));
    Train.prepare(Job.parse(config), new Locations(new Configuration())).run(spark);
    Config result = Config.parse(Files.readString(folder.resolve("output/result.json")));
    assertEquals(10L, result.get("steps"));
    double accuracy = ((Config) result.get("validation")).reader("validation").number("accuracy");
    assertTrue(accuracy > 0.8, "accuracy " + accuracy);
  }

  /** A job of clicks that are made up, with fewer of them. */
  private Config onFewClicks(String name) throws IOException {
    return Overrides.apply(
        Config.parse(Files.readString(JobProcess.ROOT.resolve("conf/" + name + ".json"))),
        List.of(
            "data.options.rows=8000",
            "validation.options.rows=1000",
            "checkpoint.path=" + folder.resolve("checkpoints"),
            "output.path=" + folder.resolve("output"),
            "fit.batch_size=200"));
  }

  @Test
  void theFunctionalWideAndDeepModelIsOneOfKerassLayers(SparkSession spark) throws Exception {
    Config config = onFewClicks("wide-and-deep");
    Locations locations = new Locations(new Configuration());
    Train.prepare(Job.parse(config), locations).run(spark);
    Config result = Config.parse(Files.readString(folder.resolve("output/result.json")));
    double auc = ((Config) result.get("validation")).reader("validation").number("auc");
    assertTrue(auc > 0.6, "auc " + auc);
    KerasArchive archive = KerasArchive.load(folder.resolve("output/model.keras").toString());
    assertEquals(List.of(), archive.layersNotOfKeras());
    Predict.prepare(Job.parse(config), locations).run(spark);
    assertEquals(
        8000, spark.read().parquet(folder.resolve("output/predictions").toString()).count());
  }

  @Test
  void theClickModelTrainsOnClicksThatAreMadeUp(SparkSession spark) throws Exception {
    Config config = Overrides.apply(onFewClicks("clicks"), List.of("fit.epochs=3"));
    Locations locations = new Locations(new Configuration());
    Train.prepare(Job.parse(config), locations).run(spark);
    Config result = Config.parse(Files.readString(folder.resolve("output/result.json")));
    assertEquals(120L, result.get("steps"));
    double auc = ((Config) result.get("validation")).reader("validation").number("auc");
    assertTrue(auc > 0.6, "auc " + auc);
    KerasArchive archive = KerasArchive.load(folder.resolve("output/model.keras").toString());
    assertEquals(List.of("interactions (firesteel>FMInteraction)"), archive.layersNotOfKeras());
    Evaluate.prepare(Job.parse(config), locations).run(spark);
    Predict.prepare(Job.parse(config), locations).run(spark);
    assertEquals(
        8000, spark.read().parquet(folder.resolve("output/predictions").toString()).count());
  }

  @Test
  void madeUpClicksHaveNoPath(SparkSession spark) throws Exception {
    Config config = Overrides.apply(onFewClicks("clicks"), List.of("data.path=here"));
    assertEquals(
        "data: the format synthetic-clicks has no path and no schema. Received: path=[here],"
            + " schema=null",
        message(
            () -> Train.prepare(Job.parse(config), new Locations(new Configuration())).run(spark)));
  }

  /** With the class {@code FMInteraction} that the page on sparse data shows. */
  @ParameterizedTest
  @ValueSource(strings = {"wide-and-deep", "clicks"})
  @NeedsKeras
  void kerasOpensTheTrainedModelAndPredictsTheSame(String name, SparkSession spark)
      throws Exception {
    Train.prepare(Job.parse(onFewClicks(name)), new Locations(new Configuration())).run(spark);
    String path = folder.resolve("output/model.keras").toString();
    Random random = new Random(3);
    float[][] numeric = new float[50][4];
    float[][] ids = new float[50][8];
    int[] offsets = {0, 2000, 3000, 3600, 4060, 4428, 4735, 4998, 5229};
    for (int row = 0; row < numeric.length; row++) {
      for (int i = 0; i < numeric[row].length; i++) {
        numeric[row][i] = (float) random.nextGaussian();
      }
      for (int i = 0; i < ids[row].length; i++) {
        ids[row][i] = offsets[i] + random.nextInt(offsets[i + 1] - offsets[i]);
      }
    }
    float[][] outputs = Model.load(path).predict(Map.of("numeric", numeric, "ids", ids));
    Path rows = folder.resolve("rows.json");
    Files.writeString(
        rows,
        "{\"inputs\": {\"numeric\": %s, \"ids\": %s}, \"outputs\": %s}"
            .formatted(
                Arrays.deepToString(numeric),
                Arrays.deepToString(ids),
                Arrays.deepToString(outputs)));
    ProcessBuilder python =
        new ProcessBuilder(
                System.getProperty("firesteel.python"),
                "src/test/python/predict_in_keras.py",
                path,
                rows.toString())
            .redirectErrorStream(true);
    python.environment().putIfAbsent("KERAS_BACKEND", "jax");
    Process process = python.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }

  private static String message(Executable action) {
    return assertThrows(IllegalArgumentException.class, action).getMessage();
  }

  /** Images of one bright stripe each, which stands where the label says. */
  private static String images(int count, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("label");
    for (int pixel = 1; pixel <= 784; pixel++) {
      text.append(",pixel").append(pixel);
    }

    for (int row = 0; row < count; row++) {
      int label = random.nextInt(10);
      text.append('\n').append(label);
      for (int pixel = 0; pixel < 784; pixel++) {
        boolean bright = pixel / 28 / 2 == label + 2;
        text.append(',').append(bright ? 200 + random.nextInt(56) : random.nextInt(30));
      }
    }

    return text.append('\n').toString();
  }

  /** Rows of 14 features that are 1, as a9a has them; the label depends on how many are low. */
  private static String rows(int count, long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < count; row++) {
      int low = 0;
      StringBuilder features = new StringBuilder();
      for (int feature = random.nextInt(9); feature < FEATURES; feature += 5 + random.nextInt(9)) {
        features.append(' ').append(feature + 1).append(":1");
        low += feature % 2 == 0 ? 1 : -1;
      }

      text.append(low > 0 ? "+1" : "-1").append(features).append('\n');
    }

    return text.toString();
  }
}
