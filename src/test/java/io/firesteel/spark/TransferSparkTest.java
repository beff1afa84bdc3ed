package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.Model;
import io.firesteel.optimizers.Adam;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.FitOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Transfer learning from end to end: a convolutional base that Keras trained, frozen, a new head
 * that is trained on Spark, and real Keras, which opens the result.
 */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class TransferSparkTest {

  private static final String BASE = "src/test/resources/keras/base.keras";

  @TempDir private Path folder;

  /** Images of which every second one is bright. */
  private static Dataset<Row> images(SparkSession spark) {
    return spark.sql(
        """
        select transform(sequence(0, 63),
            i -> cast(if(id % 2 = 0, 1.5, -1.5) + if(i = id, 1, 0) as float)) as image,
          cast(id % 2 as int) as label
        from range(0, 64)\
        """);
  }

  private static Model transferred() throws Exception {
    Model base = Model.load(BASE, false).upTo("features").trainable(false);
    KerasTensor input = Input.of(8, 8, 1).output();
    KerasTensor output = Dense.of(1).activation("sigmoid").name("head").call(base.call(input));
    Model model = new Model("transferred", List.of(input), List.of(output)).seed(5);
    model.compile(Adam.builder().learningRate(0.1).build(), "binary_crossentropy", "accuracy");
    return model;
  }

  @Test
  void aNewHeadOnAFrozenBaseOfKerasIsTrainedOnSpark(SparkSession spark) throws Exception {
    Model model = transferred();
    float[][] base = model.getWeights("base");
    Dataset<Row> images = images(spark);
    FitOptions options =
        FitOptions.builder().epochs(40).batchSize(16).shards(2).seed(1).verbose(0).build();
    ShardedDataset data =
        ShardedDataset.of(images).features("image").label("label").featureShape(8, 8, 1);
    assertEquals(1.0, model.fit(data, options).last().get("accuracy"));
    assertTrue(Arrays.deepEquals(base, model.getWeights("base")));
    assertEquals(64, Predictions.of(model).addTo(images).where("prediction = label").count());

    Path file = folder.resolve("trained.keras");
    Path weights = folder.resolve("trained.weights.h5");
    model.save(file.toString());
    model.saveWeights(weights.toString());
    String python = System.getProperty("firesteel.python", "");
    if (!python.isEmpty()) {
      openInKeras(python, model, file, weights, images.collectAsList());
    }
  }

  private void openInKeras(String python, Model model, Path file, Path weights, List<Row> images)
      throws Exception {
    float[][] x = new float[4][64];
    for (int row = 0; row < x.length; row++) {
      for (int i = 0; i < 64; i++) {
        x[row][i] = images.get(row).<Float>getList(0).get(i);
      }
    }

    Path answers = folder.resolve("answers.json");
    Files.writeString(
        answers,
        "{\"x\": %s, \"y\": %s}"
            .formatted(Arrays.deepToString(x), Arrays.deepToString(model.predict(x))));
    ProcessBuilder builder =
        new ProcessBuilder(
                python,
                "src/test/python/transfer_in_keras.py",
                file.toString(),
                weights.toString(),
                answers.toString())
            .redirectErrorStream(true);
    builder.environment().putIfAbsent("KERAS_BACKEND", "jax");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), output);
  }
}
