package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.DigitsFrame;
import io.firesteel.testing.LocalSpark;
import java.util.List;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.ClusteringEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.MultilabelClassificationEvaluator;
import org.apache.spark.ml.evaluation.RankingEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.util.SizeEstimator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What Spark's evaluators say of our models' columns, against the same computed by hand. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class EvaluatorsTest {

  private static final int CLASSES = 10;

  private static Dataset<Row> predicted(SparkSession spark) {
    Dataset<Row> rows =
        DigitsFrame.vectors(spark)
            .withColumnRenamed("digit", "label")
            .withColumn("label", functions.col("label").cast("double"))
            .withColumn("w", functions.expr("1 + label % 2"));
    return classifier(16).fit(rows).transform(rows).cache();
  }

  private static KerasClassifier classifier(int units) {
    return new KerasClassifier()
        .setModel(
            new Sequential()
                .add(Dense.of(units).activation("relu").inputShape(64))
                .add(Dense.of(CLASSES).activation("softmax")))
        .setOptimizer("adam")
        .setLearningRate(0.01)
        .setEpochs(8)
        .setSeed(1)
        .setVerbose(0);
  }

  @Test
  void classesByEveryMetric(SparkSession spark) {
    Dataset<Row> rows = predicted(spark);
    List<Row> all = rows.select("label", "prediction", "probability", "w").collectAsList();
    double right = 0;
    double rightWeight = 0;
    double weights = 0;
    double logLoss = 0;
    for (Row row : all) {
      double label = row.getDouble(0);
      rightWeight += label == row.getDouble(1) ? row.getDouble(3) : 0;
      right += label == row.getDouble(1) ? 1 : 0;
      weights += row.getDouble(3);
      logLoss -= Math.log(row.<Vector>getAs(2).apply((int) label));
    }

    MulticlassClassificationEvaluator evaluator = new MulticlassClassificationEvaluator();
    assertEquals(right / all.size(), evaluator.setMetricName("accuracy").evaluate(rows), 1e-9);
    assertEquals(
        1 - right / all.size(), evaluator.setMetricName("hammingLoss").evaluate(rows), 1e-9);
    assertEquals(logLoss / all.size(), evaluator.setMetricName("logLoss").evaluate(rows), 1e-6);
    for (String name :
        List.of(
            "f1",
            "weightedPrecision",
            "weightedRecall",
            "weightedTruePositiveRate",
            "weightedFMeasure",
            "truePositiveRateByLabel",
            "precisionByLabel",
            "recallByLabel",
            "fMeasureByLabel")) {
      double value = evaluator.setMetricName(name).evaluate(rows);
      assertTrue(value > 0.7 && value <= 1, name + " " + value);
    }

    for (String name : List.of("weightedFalsePositiveRate", "falsePositiveRateByLabel")) {
      double value = evaluator.setMetricName(name).evaluate(rows);
      assertTrue(value >= 0 && value < 0.1, name + " " + value);
    }

    evaluator.setWeightCol("w");
    assertEquals(rightWeight / weights, evaluator.setMetricName("accuracy").evaluate(rows), 1e-9);

    Dataset<Row> lists =
        rows.selectExpr("array(prediction) prediction", "array(label) label", "probability");
    assertEquals(
        right / all.size(),
        new MultilabelClassificationEvaluator().setMetricName("microF1Measure").evaluate(lists),
        1e-9);
    assertEquals(
        right / all.size(),
        new RankingEvaluator().setMetricName("precisionAtK").setK(1).evaluate(lists),
        1e-9);
    double silhouette = new ClusteringEvaluator().evaluate(rows);
    assertTrue(silhouette > 0 && silhouette < 1, "silhouette " + silhouette);
    rows.unpersist();
  }

  @Test
  void twoClassesByRawPredictionAndProbability(SparkSession spark) {
    Dataset<Row> rows =
        DigitsFrame.vectors(spark)
            .withColumn("label", functions.expr("if(digit = 8, 1.0D, 0.0D)"))
            .withColumn("w", functions.lit(2.0));
    Dataset<Row> predicted =
        new KerasClassifier()
            .setModel(new Sequential().add(Dense.of(1).activation("sigmoid").inputShape(64)))
            .setOptimizer("adam")
            .setLearningRate(0.01)
            .setEpochs(20)
            .setSeed(1)
            .setVerbose(0)
            .fit(rows)
            .transform(rows);
    // The share of pairs of a row of each class whose probabilities stand in the right order.
    Dataset<Row> scores =
        predicted
            .select(
                functions.col("label"),
                org.apache
                    .spark
                    .ml
                    .functions
                    .vector_to_array(functions.col("probability"), "float64")
                    .getItem(1)
                    .as("p"))
            .cache();
    double area =
        scores
            .where("label = 1")
            .selectExpr("p p1")
            .crossJoin(scores.where("label = 0").selectExpr("p p0"))
            .selectExpr("avg(if(p1 > p0, 1.0D, if(p1 = p0, 0.5D, 0.0D)))")
            .first()
            .getDouble(0);
    for (String column : List.of("rawPrediction", "probability")) {
      BinaryClassificationEvaluator evaluator =
          new BinaryClassificationEvaluator().setRawPredictionCol(column).setNumBins(0);
      assertEquals(area, evaluator.evaluate(predicted), 1e-9, column);
      assertEquals(area, evaluator.setWeightCol("w").evaluate(predicted), 1e-9, column);
      double precision = evaluator.setMetricName("areaUnderPR").evaluate(predicted);
      assertTrue(precision > 0.5 && precision <= 1, column + " " + precision);
    }

    scores.unpersist();
  }

  @Test
  void numbersByEveryMetric(SparkSession spark) {
    Dataset<Row> rows =
        DigitsFrame.vectors(spark).withColumn("label", functions.col("digit").cast("double"));
    Dataset<Row> predicted =
        new KerasLinearRegression().setEpochs(3).setVerbose(0).fit(rows).transform(rows).cache();
    Row sums =
        predicted
            .selectExpr(
                "avg(pow(label - prediction, 2))",
                "avg(abs(label - prediction))",
                "var_pop(label)",
                "avg(pow(prediction - %s, 2))".formatted(mean(rows)))
            .first();
    double squared = sums.getDouble(0);
    RegressionEvaluator evaluator = new RegressionEvaluator();
    assertEquals(squared, evaluator.setMetricName("mse").evaluate(predicted), 1e-9);
    assertEquals(Math.sqrt(squared), evaluator.setMetricName("rmse").evaluate(predicted), 1e-9);
    assertEquals(sums.getDouble(1), evaluator.setMetricName("mae").evaluate(predicted), 1e-9);
    assertEquals(
        1 - squared / sums.getDouble(2), evaluator.setMetricName("r2").evaluate(predicted), 1e-9);
    assertEquals(sums.getDouble(3), evaluator.setMetricName("var").evaluate(predicted), 1e-6);
    predicted.unpersist();
  }

  private static double mean(Dataset<Row> rows) {
    return rows.agg(functions.avg("label")).first().getDouble(0);
  }

  @Test
  void theEstimatedSizeIsWhatAModelTakes(SparkSession spark) {
    Dataset<Row> rows = DigitsFrame.vectors(spark).withColumnRenamed("digit", "label").limit(200);
    long[] estimated = new long[2];
    long[] measured = new long[2];
    int[] units = {16, 60_000};
    for (int i = 0; i < 2; i++) {
      KerasClassifier estimator = classifier(units[i]).setEpochs(1);
      KerasClassificationModel model = estimator.fit(rows);
      estimated[i] = model.estimatedSize();
      measured[i] = SizeEstimator.estimate(model.kerasModel());
      assertEquals(estimator.estimateModelSize(rows), estimated[i], 64);
    }

    // What does not grow with the model, such as loaded classes, is shared by all; it changes a
    // little meanwhile, so the larger model is large.
    double ratio = (double) (estimated[1] - estimated[0]) / (measured[1] - measured[0]);
    assertTrue(
        ratio > 0.9 && ratio < 1.1,
        "estimated %d, %d, measured %d, %d"
            .formatted(estimated[0], estimated[1], measured[0], measured[1]));
  }
}
