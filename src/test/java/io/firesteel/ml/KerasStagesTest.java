package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.EarlyStopping;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.regression.LinearRegression;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Labels, losses, starts and rows of all kinds, and the Estimators without layers. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class KerasStagesTest {

  @TempDir Path folder;

  private static Dataset<Row> rows(SparkSession spark) {
    Dataset<Row> rows =
        spark
            .range(400)
            .selectExpr(
                "cast(id % 20 as double) a",
                "cast(id % 7 as double) b",
                "id % 20 + 2 * (id % 7) + 1 y",
                "if(id % 20 + id % 7 > 12, 1, 0) label",
                "concat('u', id % 20) user",
                "id % 7 item");
    return new VectorAssembler()
        .setInputCols(new String[] {"a", "b"})
        .setOutputCol("features")
        .transform(rows);
  }

  private static KerasClassifier binary(Dense last) {
    return new KerasClassifier()
        .setModel(new Sequential().add(Dense.of(8).activation("tanh").inputShape(2)).add(last))
        .setOptimizer("adam")
        .setLearningRate(0.02)
        .setEpochs(5)
        .setSeed(2)
        .setVerbose(0);
  }

  @Test
  void oneValueAndTwoOfProbabilitiesAndLogits(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    List<KerasClassifier> all =
        List.of(
            binary(Dense.of(1).activation("sigmoid")),
            binary(Dense.of(2).activation("softmax")),
            binary(Dense.of(2).activation("softmax")).setLoss("categorical_crossentropy"),
            binary(Dense.of(1))
                .setLoss(
                    "{\"class_name\": \"BinaryCrossentropy\", \"config\": {\"from_logits\":"
                        + " true}}"));
    for (KerasClassifier estimator : all) {
      KerasClassificationModel model = estimator.fit(rows);
      Dataset<Row> predicted = model.transform(rows);
      assertEquals(2, model.numClasses());
      double area = new BinaryClassificationEvaluator().evaluate(predicted);
      assertTrue(area > 0.9, "area " + area);
      for (Row row : predicted.limit(20).collectAsList()) {
        double[] probability = row.<Vector>getAs("probability").toArray();
        assertEquals(1, probability[0] + probability[1], 1e-6);
        assertEquals(probability[1] > probability[0] ? 1.0 : 0.0, row.<Double>getAs("prediction"));
      }
    }
  }

  @Test
  void thresholdsMoveThePrediction(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    KerasClassificationModel model = binary(Dense.of(1).activation("sigmoid")).fit(rows);
    long ones = model.transform(rows).where("prediction = 1").count();
    model.setThresholds(new double[] {0.99, 0.01});
    assertTrue(model.transform(rows).where("prediction = 1").count() > ones);
    assertEquals(
        List.of(1.0),
        List.of(
            model
                .setThresholds(new double[] {1, 0})
                .predict(rows.first().<Vector>getAs("features"))));
  }

  @Test
  void namesOfOnesOwnAndASecondModelOnTheSameRows(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    KerasClassificationModel first = binary(Dense.of(1).activation("sigmoid")).fit(rows);
    KerasClassificationModel second =
        first
            .copy(org.apache.spark.ml.param.ParamMap.empty())
            .setPredictionCol("p2")
            .setProbabilityCol("")
            .setRawPredictionCol("");
    Dataset<Row> both = second.transform(first.transform(rows));
    assertTrue(List.of(both.columns()).containsAll(List.of("prediction", "probability", "p2")));
    assertEquals(0, both.where("prediction <> p2").count());
  }

  @Test
  void rowsThatAreNotValid(SparkSession spark) {
    Dataset<Row> rows =
        rows(spark).selectExpr("if(a = 3, null, if(a = 4, double('NaN'), a)) a", "b", "label");
    KerasClassifier estimator =
        binary(Dense.of(1).activation("sigmoid")).setFeaturesCols(List.of("a", "b"));
    KerasClassificationModel skipping = estimator.setHandleInvalid("skip").fit(rows);
    assertEquals(360, skipping.transform(rows).count());
    KerasClassificationModel keeping = estimator.setHandleInvalid("keep").fit(rows);
    assertEquals(skipping.kerasModel().weightsSha256(), keeping.kerasModel().weightsSha256());
    Dataset<Row> kept = keeping.transform(rows);
    assertEquals(400, kept.count());
    assertEquals(40, kept.where("prediction is null and probability is null").count());
    assertEquals(0, kept.where("prediction is null and not (a is null or isnan(a))").count());
  }

  @Test
  void aFitGoesOnFromItsCheckpointAndFromAModel(SparkSession spark) throws Exception {
    Dataset<Row> rows = rows(spark);
    KerasClassifier estimator = binary(Dense.of(1).activation("sigmoid"));
    String whole = estimator.fit(rows).kerasModel().weightsSha256();
    String dir = folder.resolve("checkpoints").toString();
    estimator.setCheckpointDir(dir).setCheckpointSteps(3).setEpochs(5).fit(rows);
    KerasClassificationModel again = estimator.fit(rows);
    assertEquals(whole, again.kerasModel().weightsSha256());
    assertEquals(65, again.summary().steps());

    String saved = folder.resolve("model").toString();
    again.save(saved);
    KerasClassifier next =
        new KerasClassifier()
            .setInitialModel(saved)
            .setOptimizer("sgd")
            .setLearningRate(1e-9)
            .setVerbose(0);
    KerasClassificationModel warm = next.fit(rows);
    assertEquals(
        again.transform(rows).select("prediction").collectAsList(),
        warm.transform(rows).select("prediction").collectAsList());
    assertEquals(
        warm.summary().objectiveHistory()[0],
        next.copy(org.apache.spark.ml.param.ParamMap.empty())
            .fit(rows)
            .summary()
            .objectiveHistory()[0]);
    again.write().saveToLocal(folder.resolve("local").toString());
    assertEquals(
        whole,
        KerasClassificationModel.read()
            .loadFromLocal(folder.resolve("local").toString())
            .kerasModel()
            .weightsSha256());
  }

  @Test
  void callbacksValidationAndClassWeights(SparkSession spark) {
    Dataset<Row> rows =
        rows(spark).withColumn("held", org.apache.spark.sql.functions.expr("b = 3"));
    KerasClassifier estimator =
        binary(Dense.of(1).activation("sigmoid"))
            .setEpochs(30)
            .setValidationIndicatorCol("held")
            .setCallbacks(
                List.of(
                    EarlyStopping.builder().monitor("val_loss").minDelta(10).patience(2).build()));
    KerasTrainingSummary summary = estimator.fit(rows).summary();
    assertEquals(3, summary.totalIterations());
    assertEquals(3, summary.validationHistory().length);
    KerasClassifier plain = binary(Dense.of(1).activation("sigmoid"));
    assertNotEquals(
        plain.fit(rows).kerasModel().weightsSha256(),
        plain.setClassWeight(Map.of(1, 3.0)).fit(rows).kerasModel().weightsSha256());
  }

  @Test
  void regressorsAreScoredBySpark(SparkSession spark) throws Exception {
    Dataset<Row> rows =
        rows(spark).withColumnRenamed("label", "class").withColumnRenamed("y", "label");
    KerasRegressor estimator =
        new KerasRegressor()
            .setModel(
                new Sequential()
                    .add(Dense.of(16).activation("relu").inputShape(2))
                    .add(Dense.of(1)))
            .setOptimizer("adam")
            .setLearningRate(0.02)
            .setEpochs(20)
            .setVerbose(0);
    KerasRegressionModel model = estimator.fit(rows);
    RegressionEvaluator rmse = new RegressionEvaluator();
    assertTrue(rmse.evaluate(model.transform(rows)) < 2, "rmse");
    Vector features = rows.first().getAs("features");
    assertEquals(
        model.transform(rows).first().<Double>getAs("prediction"), model.predict(features), 1e-4);
    model.save(folder.resolve("regressor").toString());
    KerasRegressionModel loaded = KerasRegressionModel.load(folder.resolve("regressor").toString());
    assertEquals(rmse.evaluate(model.transform(rows)), rmse.evaluate(loaded.transform(rows)));
    assertArrayEquals(model.summary().objectiveHistory(), loaded.summary().objectiveHistory());

    KerasRegressionModel linear =
        new KerasLinearRegression().setEpochs(150).setVerbose(0).setLearningRate(0.1).fit(rows);
    double theirs = rmse.evaluate(new LinearRegression().fit(rows).transform(rows));
    double ours = rmse.evaluate(linear.transform(rows));
    assertTrue(ours < theirs + 0.05, ours + " against " + theirs);
  }

  @Test
  void logisticRegressionComesToWhereMllibComes(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    Dataset<Row> ours =
        new KerasLogisticRegression()
            .setRegParam(0.05)
            .setEpochs(100)
            .setVerbose(0)
            .fit(rows)
            .transform(rows);
    Dataset<Row> theirs = new LogisticRegression().setRegParam(0.05).fit(rows).transform(rows);
    List<Row> a = ours.select("probability").limit(40).collectAsList();
    List<Row> b = theirs.select("probability").limit(40).collectAsList();
    for (int i = 0; i < a.size(); i++) {
      assertArrayEquals(
          b.get(i).<Vector>getAs(0).toArray(), a.get(i).<Vector>getAs(0).toArray(), 0.02);
    }

    Dataset<Row> sparse =
        new KerasLogisticRegression()
            .setStandardization(false)
            .setRegParam(0.001)
            .setElasticNetParam(0.5)
            .setVerbose(0)
            .fit(
                rows.withColumn("label", org.apache.spark.sql.functions.expr("cast(b % 3 as int)")))
            .transform(rows);
    assertEquals(3, sparse.first().<Vector>getAs("probability").size());
    assertTrue(new MulticlassClassificationEvaluator().evaluate(sparse) >= 0);
  }

  @Test
  void factorizationMachinesTakeIds(SparkSession spark) {
    Dataset<Row> rows = rows(spark).drop("features");
    KerasFMClassifier estimator =
        new KerasFMClassifier()
            .setIdCols(List.of("user", "item"))
            .setFeaturesCols(List.of("a"))
            .setIdBuckets(100)
            .setFactorSize(4)
            .setVerbose(0);
    Dataset<Row> predicted = estimator.fit(rows).transform(rows);
    double area = new BinaryClassificationEvaluator().evaluate(predicted);
    assertTrue(area > 0.95, "area " + area);
    assertFalse(List.of(predicted.columns()).contains("features"));
    Dataset<Row> numbers =
        new KerasFMRegressor()
            .setIdCols(List.of("user", "item"))
            .setIdBuckets(1000)
            .setOptimizer("adam")
            .setEpochs(60)
            .setBatchSize(32)
            .setLabelCol("y")
            .setVerbose(0)
            .fit(rows)
            .transform(rows);
    double rmse = new RegressionEvaluator().setLabelCol("y").evaluate(numbers);
    assertTrue(rmse < 3, "rmse " + rmse);
  }

  @Test
  void sparkConnectFindsAllByServices() {
    List<String> estimators =
        java.util.ServiceLoader.load(org.apache.spark.ml.Estimator.class).stream()
            .map(provider -> provider.type().getName())
            .filter(name -> name.startsWith("io.firesteel"))
            .sorted()
            .toList();
    assertEquals(
        List.of(
            "io.firesteel.ml.KerasClassifier",
            "io.firesteel.ml.KerasFMClassifier",
            "io.firesteel.ml.KerasFMRegressor",
            "io.firesteel.ml.KerasLinearRegression",
            "io.firesteel.ml.KerasLogisticRegression",
            "io.firesteel.ml.KerasRegressor"),
        estimators);
    assertEquals(
        2,
        java.util.ServiceLoader.load(org.apache.spark.ml.Transformer.class).stream()
            .filter(provider -> provider.type().getName().startsWith("io.firesteel"))
            .map(java.util.ServiceLoader.Provider::get)
            .count());
    KerasClassifier estimator = new KerasClassifier();
    for (org.apache.spark.ml.param.Param<?> param : estimator.params()) {
      if (param.parent().equals(estimator.uid())
          && List.of("model", "optimizer", "loss", "metrics").contains(param.name())) {
        assertEquals(String.class, param.dataClass(), param.name());
      }
    }

    assertNull(Stages.textOrNull(estimator, estimator.model()));
    assertTrue(new KerasClassificationModel().estimatedSize() > 0);
  }
}
