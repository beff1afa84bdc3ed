package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.Adam;
import io.firesteel.testing.DigitsFrame;
import io.firesteel.testing.LocalSpark;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class KerasClassifierTest {

  @TempDir Path folder;

  private static Sequential network() {
    return new Sequential("digits")
        .add(Dense.of(32).activation("relu").inputShape(64))
        .add(Dense.of(10).activation("softmax"));
  }

  private static KerasClassifier classifier() {
    return new KerasClassifier()
        .setModel(network())
        .setOptimizer(Adam.builder().learningRate(0.01).build())
        .setMetrics(List.of("accuracy"))
        .setLabelCol("digit")
        .setEpochs(8)
        .setBatchSize(128)
        .setSeed(1)
        .setVerbose(0);
  }

  private static double accuracy(Dataset<Row> predicted) {
    return new MulticlassClassificationEvaluator()
        .setLabelCol("digit")
        .setMetricName("accuracy")
        .evaluate(predicted);
  }

  @Test
  void learnsAndPredictsAsSparkMlDoes(SparkSession spark) {
    Dataset<Row> rows = DigitsFrame.vectors(spark);
    KerasClassificationModel model = classifier().setValidationSplit(0.2).fit(rows);
    Dataset<Row> predicted = model.transform(rows);
    assertEquals(
        List.of("features", "digit", "rawPrediction", "probability", "prediction"),
        List.of(predicted.columns()));
    double accuracy = accuracy(predicted);
    assertTrue(accuracy > 0.95, "accuracy " + accuracy);
    assertEquals(10, model.numClasses());
    assertEquals(64, model.numFeatures());

    Row first = predicted.first();
    Vector features = first.getAs("features");
    assertEquals((double) first.getAs("prediction"), model.predict(features));
    assertArrayEquals(
        first.<Vector>getAs("probability").toArray(),
        model.predictProbability(features).toArray(),
        1e-5);

    assertTrue(model.hasSummary());
    KerasTrainingSummary summary = model.summary();
    assertEquals(8, summary.totalIterations());
    assertEquals(8, summary.objectiveHistory().length);
    assertEquals(8, summary.validationHistory().length);
    assertTrue(summary.objectiveHistory()[7] < summary.objectiveHistory()[0]);
    assertEquals(8, summary.history().get("val_accuracy").size());
    assertTrue(summary.seconds() > 0);
  }

  @Test
  void paramsAreSparks(SparkSession spark) {
    KerasClassifier estimator = classifier();
    for (String name :
        List.of(
            "featuresCol",
            "featuresCols",
            "labelCol",
            "weightCol",
            "predictionCol",
            "probabilityCol",
            "rawPredictionCol",
            "thresholds",
            "validationIndicatorCol",
            "seed",
            "epochs",
            "batchSize",
            "shards",
            "classWeight",
            "handleInvalid",
            "checkpointDir",
            "callbacks",
            "model",
            "optimizer",
            "loss",
            "metrics")) {
      assertTrue(estimator.hasParam(name), name);
      assertTrue(estimator.explainParams().contains(name + ": "), name);
    }

    KerasClassifier copy =
        estimator.copy(new ParamMap().put(estimator.epochs(), 3).put(estimator.optimizer(), "sgd"));
    assertEquals(estimator.uid(), copy.uid());
    assertEquals(3, copy.getEpochs());
    assertEquals("sgd", copy.getOptimizer());
    assertEquals(8, estimator.getEpochs());
    assertEquals(
        estimator.extractParamMap().get(estimator.model()),
        copy.extractParamMap().get(copy.model()));
    assertEquals("x__epochs", new KerasClassifier("x").epochs().toString());
    assertEquals("x__featuresCol", new KerasClassifier("x").featuresCol().toString());
  }
}
