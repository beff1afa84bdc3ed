package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.models.Model;
import io.firesteel.testing.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Factorization machines as the functional models that they are. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class FactorizationMachinesTest {

  @TempDir Path folder;

  private static Dataset<Row> rows(SparkSession spark) {
    return spark
        .range(200)
        .selectExpr(
            "if(id = 7, null, concat('u', id % 20)) user",
            "id % 7 item", "id % 20 + 10 * (id % 7 % 2) label", "id % 3 / 3.0d a");
  }

  private static KerasFMRegressor estimator() {
    return new KerasFMRegressor()
        .setIdCols(List.of("user", "item"))
        .setIdBuckets(50)
        .setFactorSize(3)
        .setHandleInvalid("skip")
        .setVerbose(0);
  }

  @Test
  void predictionsAreThoseOfTheModelOnSparksHashes(SparkSession spark) throws Exception {
    Dataset<Row> rows = rows(spark);
    KerasFMRegressor withNumbers =
        estimator().setFeaturesCols(List.of("a")).setRegParam(0.001).setEpochs(3);
    KerasRegressionModel fitted = withNumbers.fit(rows);
    fitted.save(folder.resolve("fm").toString());
    KerasRegressionModel model = KerasRegressionModel.load(folder.resolve("fm").toString());
    assertEquals(3, model.numFeatures());
    assertArrayEquals(new String[] {"user", "item"}, model.getIdCols());
    Dataset<Row> predicted = model.transform(rows);
    assertEquals(List.of("user", "item", "label", "a", "prediction"), List.of(predicted.columns()));
    List<Row> indexed =
        predicted
            .selectExpr(
                "a",
                "pmod(hash(user), 50) u",
                "50 + pmod(hash(cast(item as bigint)), 50) i",
                "prediction")
            .collectAsList();
    assertEquals(199, indexed.size());
    Model network = Model.load(folder.resolve("fm/model.keras").toString());
    assertEquals(List.of("user__index", "item__index"), network.columns().inputs().get("ids"));
    for (Row row : indexed.subList(0, 30)) {
      float a = row.<Number>getAs("a").floatValue();
      float[][] ids = {{row.<Integer>getAs("u"), row.<Integer>getAs("i")}};
      float own = network.predict(Map.of("numbers", new float[][] {{a}}, "ids", ids))[0][0];
      double prediction = row.getAs("prediction");
      assertEquals(own, prediction, 1e-5);
      assertEquals(prediction, model.predict(Vectors.dense(a, ids[0][0], ids[0][1])), 1e-5);
    }
  }

  @Test
  void withoutNumbersThereIsABias(SparkSession spark) {
    Dataset<Row> rows = rows(spark).withColumn("label", org.apache.spark.sql.functions.lit(30));
    KerasRegressionModel model =
        estimator()
            .setRegParam(1.0)
            .setOptimizer("adam")
            .setLearningRate(0.5)
            .setEpochs(60)
            .setBatchSize(32)
            .fit(rows);
    Row unseen = model.transform(spark.sql("select 'never' user, 1000L item")).first();
    assertEquals(30, unseen.<Double>getAs("prediction"), 2);
  }

  @Test
  void anIdThatIsNullIsAnInvalidValue(SparkSession spark) {
    KerasRegressionModel model = estimator().setEpochs(1).fit(rows(spark));
    assertEquals(199, model.transform(rows(spark)).count());
    Dataset<Row> kept = model.setHandleInvalid("keep").transform(rows(spark));
    assertEquals(1, kept.where("prediction is null").count());
    assertEquals(200, kept.count());
    assertFalse(List.of(kept.columns()).contains("user__index"));
  }

  @Test
  void whatIsNoIdIsRefusedBeforeAnyJob(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    assertEquals(
        "idCols: the column 'a' must hold integers or strings. Received: double",
        message(() -> estimator().setIdCols(List.of("user", "a")).transformSchema(rows.schema())));
    assertEquals(
        "The column 'shop' of idCols is missing. Columns: user, item, label, a",
        message(() -> estimator().setIdCols(List.of("user", "shop")).fit(rows)));
    assertEquals(
        "idCols must name two columns of ids or more, whose vectors are multiplied, each once."
            + " Received: [user, user]",
        message(() -> estimator().setIdCols(List.of("user", "user")).fit(rows)));
    assertEquals(
        "idBuckets of all idCols together must be at most 2^24, up to which floats hold whole"
            + " numbers. Received: 10000000 for each of 2 columns",
        message(() -> estimator().setIdBuckets(10_000_000).fit(rows)));
    assertEquals(
        "featuresCol can't be set beside idCols; columns of numbers are featuresCols. Received: a",
        message(() -> estimator().setFeaturesCol("a").fit(rows)));
    assertEquals(
        "idCols: the indices of 'user' are put into a column 'user__index', which must not be there"
            + " already",
        message(() -> estimator().fit(rows.withColumn("user__index", rows.col("item")))));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
