package io.firesteel.benchmark;

import io.firesteel.layers.BatchNormalization;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.AdamW;
import io.firesteel.optimizers.schedules.CosineDecay;
import io.firesteel.spark.HadoopCheckpointStore;
import io.firesteel.spark.ShardedDataset;
import io.firesteel.testing.LocalSpark;
import io.firesteel.training.Checkpointing;
import io.firesteel.training.FitOptions;
import io.firesteel.training.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Trains on the bundled digits with the web UI on, for pictures of the Training tab.
 *
 * <p>Arguments: port of the UI, epochs, folder for checkpoints and event logs. Prints a line when
 * it has trained, and ends when its input does.
 */
public final class TabRun {

  private TabRun() {}

  /** Trains twice, a short run first. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[2]);
    Path logs = Files.createDirectories(folder.resolve("events"));
    SparkSession spark =
        LocalSpark.session(
            "local[2]",
            "spark.app.name=Digits",
            "spark.ui.enabled=true",
            "spark.ui.port=" + args[0],
            "spark.ui.prometheus.enabled=true",
            "spark.eventLog.enabled=true",
            "spark.eventLog.compress=false",
            "spark.eventLog.dir=" + logs.toUri());
    TrainingData data = digits(spark);
    fit(spark, data, "warm_up", 12, folder.resolve("warm-up"));
    System.out.println("READY " + spark.sparkContext().uiWebUrl().get());
    fit(spark, data, "digits", Integer.parseInt(args[1]), folder.resolve("digits"));
    System.out.println("DONE " + spark.sparkContext().applicationId());
    while (System.in.read() >= 0) {
      System.out.flush();
    }

    LocalSpark.stop();
  }

  private static void fit(
      SparkSession spark, TrainingData data, String name, int epochs, Path checkpoints) {
    Sequential model =
        new Sequential(name)
            .seed(3)
            .add(Dense.of(512).activation("relu").inputShape(64))
            .add(BatchNormalization.of())
            .add(Dropout.of(0.3))
            .add(Dense.of(256).activation("relu"))
            .add(Dense.of(10).activation("softmax"));
    model.compile(
        AdamW.builder().learningRate(CosineDecay.builder(0.003, 7 * epochs).build()).build(),
        "sparse_categorical_crossentropy",
        "accuracy");
    model.fit(
        data,
        FitOptions.builder()
            .epochs(epochs)
            .batchSize(256)
            .shards(4)
            .validationSplit(0.1)
            .verbose(0)
            .checkpoints(
                Checkpointing.in(
                        HadoopCheckpointStore.at(
                            checkpoints.toUri().toString(),
                            spark.sparkContext().hadoopConfiguration(),
                            3))
                    .everyEpochs(Math.max(1, epochs / 8)))
            .build());
  }

  private static TrainingData digits(SparkSession spark) {
    Column[] pixels = new Column[64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = functions.col("pixel_" + i).divide(16);
    }

    return ShardedDataset.of(
            spark
                .read()
                .option("header", true)
                .option("inferSchema", true)
                .csv("conf/data/digits.csv")
                .select(functions.array(pixels).as("pixels"), functions.col("digit")))
        .features("pixels")
        .label("digit");
  }
}
