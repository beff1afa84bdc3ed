package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.models.Sequential;
import io.firesteel.saving.Config;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyJob;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Evaluate and Predict on a model that Train has written. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class EvaluateTest {

  @TempDir Path folder;

  private TinyJob tiny;

  @BeforeEach
  void train(SparkSession spark) throws Exception {
    tiny = TinyJob.in(folder);
    run(Train::prepare, spark, "fit.validation_split=0.25");
  }

  private String run(JobMain.Command command, SparkSession spark, String... settings)
      throws Exception {
    Job job = Job.parse(Overrides.apply(tiny.config(), List.of(settings)));
    return command.prepare(job, new Locations(new Configuration())).run(spark);
  }

  private Config written(String name) throws Exception {
    return Config.parse(Files.readString(tiny.output().resolve(name)));
  }

  @Test
  void evaluatesTheTrainedModelOnTheRowsSetAside(SparkSession spark) throws Exception {
    String line = run(Evaluate::prepare, spark, "fit.validation_split=0.25");
    Config evaluation = written("evaluation.json");
    assertEquals(10L, evaluation.get("rows"));
    assertEquals(written("result.json").get("validation"), evaluation.get("metrics"));
    assertTrue(line.startsWith("Evaluated tiny: rows=10, accuracy="), line);
  }

  @Test
  void evaluatesOnAllRowsOrOnThoseOfValidation(SparkSession spark) throws Exception {
    run(Evaluate::prepare, spark);
    assertEquals(40L, written("evaluation.json").get("rows"));
    run(Evaluate::prepare, spark, "validation={\"where\": \"digit = 1\"}");
    assertEquals(13L, written("evaluation.json").get("rows"));
  }

  @Test
  void predictsEveryRowBesideItsColumns(SparkSession spark) throws Exception {
    run(Predict::prepare, spark, "data.label=null");
    Sequential model = Sequential.load(tiny.output().resolve("model.keras").toString());
    List<Row> rows =
        spark.read().parquet(tiny.output().resolve("predictions").toString()).collectAsList();
    assertEquals(40, rows.size());
    for (Row row : rows) {
      float[] features = {
        (float) row.<Double>getAs("a").doubleValue(),
        (float) row.<Double>getAs("b").doubleValue(),
        row.<Integer>getAs("c")
      };
      float[] expected = model.predict(new float[][] {features})[0];
      Vector actual = row.getAs("probability");
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], actual.apply(i), 1e-6);
      }

      assertEquals(actual.argmax(), row.<Double>getAs("prediction"));
    }
  }

  @Test
  void oldPredictionsStayUntilTheNewOnesAreInTheirPlace() throws Exception {
    Path old = Files.createDirectories(folder.resolve("swap/predictions"));
    Files.writeString(old.resolve("part-0"), "old");
    Locations locations = new Locations(new Configuration());
    String missing = folder.resolve("swap/none").toString();
    assertTrue(
        assertThrows(
                IOException.class, () -> locations.replace("output.path", missing, old.toString()))
            .getMessage()
            .startsWith("output.path: %s can't be ".formatted(old)));
    assertEquals("old", Files.readString(old.resolve("part-0")));
    Path fresh = Files.createDirectories(folder.resolve("swap/new"));
    Files.writeString(fresh.resolve("part-0"), "new");
    locations.replace("output.path", fresh.toString(), old.toString());
    assertEquals("new", Files.readString(old.resolve("part-0")));
    try (Stream<Path> left = Files.list(folder.resolve("swap"))) {
      assertEquals(List.of(old), left.toList());
    }
  }

  @Test
  void csvHasOneColumnAPrediction(SparkSession spark) throws Exception {
    String[] settings = {
      "output.format=csv",
      "output.options={\"header\": true}",
      "output.columns=[\"name\", \"digit\"]",
      "output.raw_prediction_col=\"\""
    };
    run(Predict::prepare, spark, settings);
    Path predictions = tiny.output().resolve("predictions");
    assertEquals(
        List.of("name", "digit", "probability_0", "probability_1", "probability_2", "prediction"),
        List.of(spark.read().option("header", "true").csv(predictions.toString()).columns()));

    assertEquals(
        "output.path: %s exists already. Choose another folder, or set output.mode to overwrite"
            .formatted(predictions),
        refusal(Predict::prepare, spark, settings));
    run(Predict::prepare, spark, "output.mode=overwrite");
    assertEquals(40, spark.read().parquet(predictions.toString()).count());
  }

  @Test
  void columnsOfTheOutputAreFoundAsSparkFindsThem(SparkSession spark) throws Exception {
    run(
        Predict::prepare,
        spark,
        "data.select=[\"*\", \"named_struct('inner', name, 'n', 1) s\", \"digit `x.digit`\"]",
        "output.columns=[\"NAME\", \"s.Inner\", \"S.N\", \"x.digit\"]",
        "output.mode=overwrite");
    Dataset<Row> predictions =
        spark.read().parquet(tiny.output().resolve("predictions").toString());
    assertEquals(
        List.of("NAME", "Inner", "N", "x.digit"), List.of(predictions.columns()).subList(0, 4));
    assertEquals(40, predictions.where("NAME = inner and n = 1").count());
  }

  @Test
  void whatCannotBeDoneIsRefused(SparkSession spark) throws Exception {
    assertEquals(
        "The column 'x' of output.columns is missing. Columns: a, b, c, name, w, digit",
        refusal(Predict::prepare, spark, "output.columns=x"));
    assertEquals(
        "The model sequential takes 3 features a row. Received 2 columns",
        refusal(Predict::prepare, spark, "data.features=[\"a\", \"b\"]"));
    assertEquals(
        "The column 'label' of labels is missing. Columns: a, b, c, name, w, digit",
        refusal(Evaluate::prepare, spark, "data.label=null"));
    assertEquals(
        "model.path: there is no file file:%s/none/model.keras".formatted(folder),
        refusal(Evaluate::prepare, spark, "output.path=%s/none".formatted(folder)));
  }

  private String refusal(JobMain.Command command, SparkSession spark, String... settings) {
    return assertThrows(Exception.class, () -> run(command, spark, settings)).getMessage();
  }
}
