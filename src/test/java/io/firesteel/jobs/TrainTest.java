package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.testing.CapturedLog;
import io.firesteel.testing.FolderContent;
import io.firesteel.testing.FullFs;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class TrainTest {

  @TempDir Path folder;

  private TinyJob tiny;

  @BeforeEach
  void writeData() throws Exception {
    tiny = TinyJob.in(folder);
  }

  private String train(SparkSession spark, String... settings) throws Exception {
    Job job = Job.parse(Overrides.apply(tiny.config(), List.of(settings)));
    return Train.prepare(job, new Locations(new Configuration())).run(spark);
  }

  private Config result() throws Exception {
    return Config.parse(Files.readString(tiny.output().resolve("result.json")));
  }

  @Test
  void writesTheModelAndTheResult(SparkSession spark) throws Exception {
    String line = train(spark, "validation={\"where\": \"a > 0\"}", "data.weight=w");
    Config result = result();
    assertEquals(TrainResult.line(result), line);
    assertEquals("tiny", result.get("job"));
    assertEquals(TinyJob.STEPS, result.get("steps"));
    assertEquals(3L, result.get("epochs"));
    assertEquals(
        Config.parse("{\"epoch\": [0, 1, 2]}").get("epoch"),
        ((Config) result.get("history")).get("epoch"));
    assertTrue(((Config) result.get("validation")).has("accuracy"));
    String model = tiny.output().resolve("model.keras").toString();
    assertEquals(model, result.get("model"));
    assertEquals(Sequential.load(model).weightsSha256(), result.get("weights_sha256"));
    assertEquals("4.1.0", ((Config) result.get("versions")).get("spark"));
  }

  @Test
  void aFinishedJobPrintsItsResultAgain(SparkSession spark) throws Exception {
    String line = train(spark);
    FolderContent before = FolderContent.of(folder);
    assertEquals(line, train(spark));
    assertEquals(before, FolderContent.of(folder));
  }

  @Test
  void aFinishedJobWhoseResultIsLostWritesItAgainWithTheSameWeights(SparkSession spark)
      throws Exception {
    train(spark);
    Config first = result();
    FolderContent.delete(tiny.output());
    train(spark);
    Config second = result();
    for (String field : List.of("weights_sha256", "steps", "loss", "metrics", "history")) {
      assertEquals(first.get(field), second.get(field), field);
    }

    assertEquals(TinyJob.STEPS, second.get("resumed_from_step"));
  }

  @Test
  void moreEpochsGoOnWhereTheJobEnded(SparkSession spark) throws Exception {
    train(spark);
    train(spark, "fit.epochs=5");
    Config extended = result();
    assertEquals(TinyJob.STEPS, extended.get("resumed_from_step"));
    FolderContent.delete(tiny.checkpoints());
    train(spark, "fit.epochs=5", "output.mode=overwrite");
    assertEquals(result().get("weights_sha256"), extended.get("weights_sha256"));
  }

  @Test
  void aSavedModelIsTrainedOnWithItsOptimizer(SparkSession spark) throws Exception {
    train(spark);
    Object before = result().get("weights_sha256");
    Files.move(tiny.output().resolve("model.keras"), folder.resolve("start.keras"));
    train(
        spark,
        "model={\"path\": \"%s\"}".formatted(folder.resolve("start.keras")),
        "compile=null",
        "checkpoint=null",
        "output.mode=overwrite",
        "fit.epochs=1");
    assertNotEquals(before, result().get("weights_sha256"));
    Sequential trained = Sequential.load(tiny.output().resolve("model.keras").toString());
    assertEquals(TinyJob.STEPS + 5, trained.optimizer().iterations());
  }

  @Test
  void theSeedIsThatOfTheStartWeights(SparkSession spark) throws Exception {
    String noMove = "compile.optimizer={\"class_name\":\"SGD\",\"config\":{\"learning_rate\":0.0}}";
    train(spark, noMove, "checkpoint=null", "seed=5", "fit.epochs=1");
    Sequential untrained =
        Sequential.fromJson(((Config) tiny.config().get("model")).toJson()).seed(5);
    Sequential trained = Sequential.load(tiny.output().resolve("model.keras").toString());
    assertEquals(
        List.of(untrained.variables().get(0).values()[0]),
        List.of(trained.variables().get(0).values()[0]));
  }

  @Test
  void libsvmFilesAndGlobsAndTablesAreRead(SparkSession spark) throws Exception {
    train(
        spark,
        "checkpoint=null",
        "data.schema=a DOUBLE, b DOUBLE, c DOUBLE, name STRING, w DOUBLE, digit INT",
        "data.features=[\"a\", \"b*\", \"c\"]");
    Object fromCsv = result().get("weights_sha256");

    spark
        .read()
        .option("header", "true")
        .option("inferSchema", "true")
        .csv(tiny.data().toString())
        .createOrReplaceTempView("rows");
    train(
        spark,
        "checkpoint=null",
        "output.mode=overwrite",
        "data.format=table",
        "data.path=rows",
        "data.options={}");
    assertEquals(fromCsv, result().get("weights_sha256"));

    Path libsvm = folder.resolve("rows.txt");
    StringBuilder text = new StringBuilder();
    for (String row : Files.readAllLines(tiny.data()).subList(1, TinyJob.ROWS + 1)) {
      String[] cells = row.split(",");
      text.append("%s 1:%s 2:%s 3:%s%n".formatted(cells[5], cells[0], cells[1], cells[2]));
    }

    Files.writeString(libsvm, text);
    train(
        spark,
        "checkpoint=null",
        "output.mode=overwrite",
        "data={\"format\": \"libsvm\", \"path\": \"%s\"}".formatted(libsvm));
    assertEquals(fromCsv, result().get("weights_sha256"));
  }

  @Test
  void theResultsOfAnotherRunAreNotReplaced(SparkSession spark) throws Exception {
    String line = train(spark, "checkpoint=null");
    FolderContent before = FolderContent.of(tiny.output());
    assertEquals(line, train(spark, "checkpoint=null", "fit.verbose=2"));
    String refusal =
        "output.path: %s has the results of another run. Choose another folder, or set output.mode to overwrite"
            .formatted(tiny.output());
    assertEquals(
        refusal,
        assertThrows(
                IllegalArgumentException.class,
                () -> train(spark, "checkpoint=null", "fit.epochs=1"))
            .getMessage());
    Files.writeString(tiny.data(), Files.readString(tiny.data()) + "1,1,1,x,1,1\n");
    assertEquals(
        refusal,
        assertThrows(IllegalArgumentException.class, () -> train(spark, "checkpoint=null"))
            .getMessage());
    Files.writeString(tiny.data(), TinyJob.csv(TinyJob.ROWS));
    assertEquals(before, FolderContent.of(tiny.output()));
    train(spark, "checkpoint=null", "fit.epochs=1", "output.mode=overwrite");
    assertEquals(1L, result().get("epochs"));
  }

  @Test
  void aLossThatIsNotFiniteFailsAndLeavesNoModel(SparkSession spark) throws Exception {
    String hot = "compile.optimizer={\"class_name\":\"SGD\",\"config\":{\"learning_rate\":1e38}}";
    String[] regression = {
      hot,
      "compile.loss=mse",
      "compile.metrics=[]",
      "model.config.layers.2.config.units=1",
      "model.config.layers.2.config.activation=linear",
      "model.config.layers.1.config.activation=linear"
    };
    String message =
        assertThrows(IllegalStateException.class, () -> train(spark, regression)).getMessage();
    assertTrue(message.startsWith("The loss is "), message);
    assertTrue(message.contains(" at step "), message);
    assertTrue(
        message.contains(
            "No model was written. The newest checkpoint is of step 0 in %s; its values are finite"
                .formatted(tiny.checkpoints())),
        message);
    assertFalse(Files.exists(tiny.output().resolve("model.keras")));

    String[] stopping = Arrays.copyOf(regression, regression.length + 3);
    stopping[regression.length] = "checkpoint=null";
    stopping[regression.length + 1] = "fit.on_nan=warn";
    stopping[regression.length + 2] = "fit.callbacks=[\"TerminateOnNaN\"]";
    String stopped =
        assertThrows(IllegalStateException.class, () -> train(spark, stopping)).getMessage();
    assertTrue(stopped.startsWith("Training ended, for the loss is "), stopped);

    stopping[regression.length + 2] = "fit.epochs=2";
    assertTrue(train(spark, stopping).contains("epochs=2"));
  }

  @Test
  void aModelThatFindsNoRoomAtTheEndIsKeptElsewhere(SparkSession spark) throws Exception {
    String job = "full" + System.nanoTime();
    Path kept = Path.of(System.getProperty("java.io.tmpdir"), job + "-trained.keras");
    String output = FullFs.SCHEME + "://disk" + tiny.output();
    Job parsed =
        Job.parse(
            Overrides.apply(
                tiny.config(), List.of("checkpoint=null", "name=" + job, "output.path=" + output)));
    Configuration conf = new Configuration();
    FullFs.in(spark.sparkContext().hadoopConfiguration());
    FullFs.in(conf);
    JobMain.Work work = Train.prepare(parsed, new Locations(conf));
    FullFs.full(true);
    try {
      IOException failure = assertThrows(IOException.class, () -> work.run(spark));
      assertEquals(
          "output.path: %s can't be written: No space left on device. The model as it is was saved to %s"
              .formatted(output, kept),
          failure.getMessage());
      assertEquals(
          "Train failed: " + failure.getMessage(),
          Failure.describe("Train", failure).lines().findFirst().orElseThrow());
      assertEquals(TinyJob.STEPS, Sequential.load(kept.toString()).optimizer().iterations());
      assertFalse(Files.exists(tiny.output().resolve("model.keras")));
    } finally {
      FullFs.full(false);
      Files.deleteIfExists(kept);
    }
  }

  @Test
  void resultsWaitForAFileSystemThatIsAwayAsCheckpointsDo(SparkSession spark) throws Exception {
    String output = FullFs.SCHEME + "://disk" + tiny.output();
    Job parsed = Job.parse(Overrides.apply(tiny.config(), List.of("output.path=" + output)));
    Configuration conf = new Configuration();
    FullFs.in(spark.sparkContext().hadoopConfiguration());
    FullFs.in(conf);
    JobMain.Work work = Train.prepare(parsed, new Locations(conf));
    FullFs.full(true);
    try (CapturedLog log = CapturedLog.of(Train.class)) {
      CompletableFuture<Void> repair =
          CompletableFuture.runAsync(
              () -> {
                while (!log.text().contains("(try 2)")) {
                  Thread.onSpinWait();
                }

                FullFs.full(false);
              });
      String line = work.run(spark);
      repair.join();
      assertTrue(
          log.text()
              .startsWith(
                  "output.path: %s can't be written (try 1): No space left on device. Next try in 1 s; the last one in 600 s"
                      .formatted(output)),
          log::text);
      assertTrue(line.contains("weights_sha256=" + result().get("weights_sha256")), line);
    } finally {
      FullFs.full(false);
    }
  }

  @Test
  void resultsThatCanNotBeWrittenForTooLongEndTheJob(SparkSession spark) throws Exception {
    String output = FullFs.SCHEME + "://disk" + tiny.output();
    String job = "late" + System.nanoTime();
    Path kept = Path.of(System.getProperty("java.io.tmpdir"), job + "-trained.keras");
    Job parsed =
        Job.parse(
            Overrides.apply(
                tiny.config(),
                List.of("output.path=" + output, "name=" + job, "checkpoint.give_up_after=1")));
    Configuration conf = new Configuration();
    FullFs.in(spark.sparkContext().hadoopConfiguration());
    FullFs.in(conf);
    JobMain.Work work = Train.prepare(parsed, new Locations(conf));
    FullFs.full(true);
    try {
      assertEquals(
          "output.path: %s can't be written: No space left on device. The model as it is was saved to %s"
              .formatted(output, kept),
          assertThrows(IOException.class, () -> work.run(spark)).getMessage());
    } finally {
      FullFs.full(false);
      Files.deleteIfExists(kept);
    }
  }

  /** A fault of ours is not the fault of a path. */
  @Test
  void whatIsNoFailureOfThePathDoesNotBlameIt(SparkSession spark) throws Exception {
    String job = "broken" + System.nanoTime();
    Path kept = Path.of(System.getProperty("java.io.tmpdir"), job + "-trained.keras");
    String output = FullFs.SCHEME + "://disk" + tiny.output();
    Job parsed =
        Job.parse(
            Overrides.apply(
                tiny.config(), List.of("name=" + job, "checkpoint=null", "output.path=" + output)));
    Configuration conf = new Configuration();
    FullFs.in(spark.sparkContext().hadoopConfiguration());
    FullFs.in(conf);
    JobMain.Work work = Train.prepare(parsed, new Locations(conf));
    FullFs.bug("the file system has a bug");
    try {
      assertEquals(
          "The model is trained, but its result can't be told: the file system has a bug. The model"
              + " as it is was saved to "
              + kept,
          assertThrows(IllegalStateException.class, () -> work.run(spark)).getMessage());
    } finally {
      FullFs.bug(null);
      Files.deleteIfExists(kept);
    }
  }

  @Test
  void aDiskWithoutRoomForTheWeightsIsRefusedBeforeTheFirstStep(SparkSession spark)
      throws Exception {
    String output = FullFs.SCHEME + "://disk" + tiny.output();
    Job parsed =
        Job.parse(
            Overrides.apply(tiny.config(), List.of("checkpoint=null", "output.path=" + output)));
    Configuration conf = new Configuration();
    FullFs.in(conf);
    JobMain.Work work = Train.prepare(parsed, new Locations(conf));
    FullFs.remaining(100);
    try {
      assertEquals(
          "output.path: %s has no room for the model, whose weights alone take 124 bytes. Free: 100 bytes"
              .formatted(output),
          assertThrows(IOException.class, () -> work.run(spark)).getMessage());
    } finally {
      FullFs.remaining(Long.MAX_VALUE);
    }
  }
}
