package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.Model;
import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.testing.LocalSpark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The columns of a model are found by name, in whatever order a file has them. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ColumnNamesTest {

  private static final int ROWS = 64;

  @TempDir Path folder;

  @BeforeEach
  void writeFiles() throws Exception {
    write("train.csv", "x_a,x_b,kind", false);
    write("swapped.csv", "x_b,x_a,kind", true);
    Files.writeString(folder.resolve("missing.csv"), "x_b,x_c,kind\n1,2,big\n");
  }

  /** The kind depends on x_a alone: 1 or -1. */
  private void write(String name, String header, boolean swapped) throws Exception {
    StringBuilder csv = new StringBuilder(header).append('\n');
    for (int i = 0; i < ROWS; i++) {
      int a = i % 2 == 0 ? 1 : -1;
      double b = i % 5 / 4.0 - 0.5;
      csv.append(swapped ? b + "," + a : a + "," + b).append(a > 0 ? ",big\n" : ",small\n");
    }

    Files.writeString(folder.resolve(name), csv);
  }

  private Config config() {
    return Config.parse(
        """
        {
          "name": "names",
          "seed": 1,
          "data": {
            "format": "csv",
            "path": "%1$s/train.csv",
            "options": {"header": true, "inferSchema": true},
            "features": "x_*",
            "label": "kind",
            "label_index": true
          },
          "validation": {"path": "%1$s/swapped.csv"},
          "model": {
            "class_name": "Sequential",
            "config": {
              "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [null, 2]}},
                {"class_name": "Dense", "config": {"units": 2, "activation": "softmax"}}
              ]
            }
          },
          "compile": {
            "optimizer": {"class_name": "SGD", "config": {"learning_rate": 0.5}},
            "loss": "sparse_categorical_crossentropy",
            "metrics": ["accuracy"]
          },
          "fit": {"epochs": 4, "batch_size": 8, "verbose": 0},
          "checkpoint": {"path": "%1$s/checkpoints"},
          "output": {"path": "%1$s/output"}
        }
        """
            .formatted(folder));
  }

  private String run(JobMain.Command command, SparkSession spark, String... settings)
      throws Exception {
    Job job = Job.parse(Overrides.apply(config(), List.of(settings)));
    return command.prepare(job, new Locations(new Configuration())).run(spark);
  }

  private Config result(String name) throws Exception {
    return Config.parse(Files.readString(folder.resolve("output").resolve(name)));
  }

  @Test
  void validationEvaluationAndPredictionFindTheColumnsOfTraining(SparkSession spark)
      throws Exception {
    run(Train::prepare, spark);
    assertEquals(1.0, ((Config) result("result.json").get("validation")).get("accuracy"));
    Sequential model = Sequential.load(folder.resolve("output/model.keras").toString());
    assertEquals(List.of("x_a", "x_b"), model.columns().features());
    assertEquals(List.of("big", "small"), model.columns().classNames());

    run(Evaluate::prepare, spark);
    assertEquals(1.0, ((Config) result("evaluation.json").get("metrics")).get("accuracy"));

    String swapped = "data.path=" + folder.resolve("swapped.csv");
    run(Predict::prepare, spark, swapped, "data.label=null");
    List<Row> rows =
        spark.read().parquet(folder.resolve("output/predictions").toString()).collectAsList();
    assertEquals(ROWS, rows.size());
    for (Row row : rows) {
      assertEquals(row.<String>getAs("kind"), row.<String>getAs("prediction_label"));
    }

    Exception missing =
        assertThrows(
            Exception.class,
            () ->
                run(
                    Predict::prepare,
                    spark,
                    "data.path=" + folder.resolve("missing.csv"),
                    "output.mode=overwrite"));
    assertEquals(
        "The column 'x_a' of features is missing. Columns: x_b, x_c, kind. Did you mean 'x_b'?",
        missing.getMessage());
  }

  @Test
  void inputsOfAFunctionalModelHaveColumnsOfTheirOwn(SparkSession spark) throws Exception {
    KerasTensor one = Input.of(1).name("one").output();
    KerasTensor rest = Input.of(1).name("rest").output();
    Model graph =
        new Model(
            List.of(one, rest),
            List.of(Dense.of(2).activation("softmax").call(Concatenate.of().call(one, rest))));
    String[] settings = {
      "model=" + graph.toJson(), "data.features={\"rest\": \"x_b*\", \"one\": \"x_a\"}"
    };
    run(Train::prepare, spark, settings);
    assertEquals(1.0, ((Config) result("result.json").get("validation")).get("accuracy"));
    Model model = Model.load(folder.resolve("output/model.keras").toString());
    assertEquals(Map.of("one", List.of("x_a"), "rest", List.of("x_b")), model.columns().inputs());

    run(Evaluate::prepare, spark, settings);
    assertEquals(1.0, ((Config) result("evaluation.json").get("metrics")).get("accuracy"));

    String swapped = "data.path=" + folder.resolve("swapped.csv");
    run(Predict::prepare, spark, settings[0], settings[1], swapped);
    List<Row> rows =
        spark.read().parquet(folder.resolve("output/predictions").toString()).collectAsList();
    assertEquals(ROWS, rows.size());
    for (Row row : rows) {
      assertEquals(row.<String>getAs("kind"), row.<String>getAs("prediction_label"));
    }

    Exception unknown =
        assertThrows(
            Exception.class,
            () ->
                run(
                    Train::prepare,
                    spark,
                    settings[0],
                    "data.features={\"one\": \"x_a\", \"rests\": \"x_b\"}",
                    "checkpoint=null",
                    "output.mode=overwrite"));
    assertEquals(
        "The model functional has no input 'rests'. Its inputs: one, rest. Did you mean 'rest'?",
        unknown.getMessage());
  }

  @Test
  void aResumedRunFindsTheColumnsOfItsCheckpoint(SparkSession spark) throws Exception {
    run(Train::prepare, spark, "validation=null");
    Object before = result("result.json").get("weights_sha256");
    String swapped = "data.path=" + folder.resolve("swapped.csv");
    run(Train::prepare, spark, "validation=null", swapped, "fit.epochs=6");
    assertEquals(32L, result("result.json").get("resumed_from_step"));
    Object resumed = result("result.json").get("weights_sha256");
    String[] fresh = {
      "validation=null", "fit.epochs=6", "checkpoint=null", "output.path=" + folder.resolve("fresh")
    };
    run(Train::prepare, spark, fresh);
    Config whole = Config.parse(Files.readString(folder.resolve("fresh/result.json")));
    assertEquals(whole.get("weights_sha256"), resumed);
    assertTrue(!before.equals(resumed));
  }

  @Test
  void aLabelThatIsNoClassOfTheModelIsRefused(SparkSession spark) throws Exception {
    run(Train::prepare, spark);
    Files.writeString(folder.resolve("other.csv"), "x_b,x_a,kind\n1,2,bigg\n");
    Exception refusal =
        assertThrows(
            Exception.class,
            () -> run(Evaluate::prepare, spark, "validation.path=" + folder.resolve("other.csv")));
    assertEquals(
        "The column 'kind' of labels must hold one of the model's 2 classes (big, small). Received:"
            + " 'bigg' in the row [2,1.0,bigg] Did you mean 'big'?",
        refusal.getMessage().replace("[2.0", "[2").replace(",1,", ",1.0,"));
  }

  @Test
  void aJobFileRunsOnADataFrame(SparkSession spark) {
    var frame =
        spark
            .read()
            .option("header", "true")
            .option("inferSchema", "true")
            .csv(folder.resolve("train.csv").toString());
    Config config =
        config()
            .without("checkpoint")
            .without("output")
            .without("validation")
            .with(
                "data",
                Config.parse(
                    "{\"features\": \"x_*\", \"label\": \"kind\", \"label_index\": true}"));
    JobFile job = JobFile.of(config.toJson());
    Model model = job.train(frame, frame);
    assertEquals(1.0, model.lastTraining().history().last().get("val_accuracy"));
    assertEquals(1.0, job.evaluate(model, frame).get("accuracy"));
    Row row = job.predict(model, frame).where("kind = 'small'").first();
    assertEquals("small", row.<String>getAs("prediction_label"));
    assertEquals(
        "data.path can't be given for rows that a program has. Received: p",
        assertThrows(
                IllegalArgumentException.class,
                () -> JobFile.of(config.with("data", Config.parse("{\"path\": \"p\"}")).toJson()))
            .getMessage());
  }
}
