package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.optimizers.SGD;
import io.firesteel.optimizers.schedules.ExponentialDecay;
import io.firesteel.testing.LocalSpark;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is refused before training, and in which words. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class BadInputTest {

  private static Dataset<Row> rows(SparkSession spark, String... columns) {
    return spark.range(40).selectExpr(columns);
  }

  private static final String FEATURES = "array(id / 40.0f, id % 3 / 3.0f) features";

  private static Sequential network(int outputs, String activation) {
    return new Sequential("net").add(Dense.of(outputs).activation(activation).inputShape(2));
  }

  private static KerasClassifier classifier() {
    return new KerasClassifier().setModel(network(3, "softmax")).setVerbose(0);
  }

  /** Counts the steps that are begun. */
  private static final class Steps extends Callback {
    private int begun;

    @Override
    public void onTrainBatchBegin(int batch) {
      begun++;
    }
  }

  private static void refused(String message, KerasFitParams<?> estimator, Dataset<Row> rows) {
    Steps steps = new Steps();
    estimator.setObservers(List.of(steps));
    Exception e =
        assertThrows(
            IllegalArgumentException.class,
            () -> ((org.apache.spark.ml.Estimator<?>) estimator).fit(rows));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(0, steps.begun, message);
  }

  @Test
  void labelsOfEstimatorsWithoutLayers(SparkSession spark) {
    KerasLogisticRegression logistic = new KerasLogisticRegression().setVerbose(0);
    String regressed = "cast(id % 2 as int) - if(id = 3, 2, 0) label";
    refused(
        "labelCol: the column 'label' must hold class numbers",
        logistic,
        rows(spark, FEATURES, regressed));
    refused(
        "Received: 0.5 in the row",
        logistic,
        rows(spark, FEATURES, "if(id = 7, 0.5D, cast(id % 3 as double)) label"));
    refused(
        "Received: NaN in the row",
        logistic,
        rows(spark, FEATURES, "if(id = 7, double('NaN'), cast(id % 3 as double)) label"));
    refused(
        "The column 'label' must not hold null. Received the row",
        logistic,
        rows(spark, FEATURES, "if(id = 7, null, cast(id % 2 as int)) label"));
    KerasFMClassifier machine = new KerasFMClassifier().setIdCols(List.of("a", "b")).setVerbose(0);
    String[] ids = {"id % 5 a", "id % 4 b", "if(id = 7, 2, cast(id % 2 as int)) label"};
    refused(
        "labelCol: the column 'label' must hold class numbers, whole from 0 to 1. Received: 2 in"
            + " the row",
        machine,
        rows(spark, ids));
    KerasLinearRegression linear = new KerasLinearRegression().setVerbose(0);
    refused(
        "The column 'label' must hold finite float32 numbers. Received: NaN in the row",
        linear,
        rows(spark, FEATURES, "if(id = 7, double('NaN'), 1.0D) label"));
    refused(
        "The column 'label' must not hold null. Received the row",
        linear,
        rows(spark, FEATURES, "if(id = 7, null, 1.0D) label"));
    refused("labelIndex()", linear, rows(spark, FEATURES, "cast(id as string) label"));
  }

  @Test
  void oneHotLabelsOfAnotherWidth(SparkSession spark) {
    refused("label", classifier(), rows(spark, FEATURES, "array(0.0, 1.0) label"));
    refused(
        "The column 'label' must hold the same number of values in every row",
        classifier(),
        rows(spark, FEATURES, "if(id = 5, array(1.0), array(0.0, 1.0, 0.0)) label"));
  }

  @Test
  void nothingToTrainOrToValidateOn(SparkSession spark) {
    String[] columns = {FEATURES, "cast(id % 3 as int) label", "true v", "cast(null as int) gone"};
    Dataset<Row> rows = rows(spark, columns);
    for (KerasFitParams<?> estimator :
        List.of(
            classifier(),
            new KerasLogisticRegression().setVerbose(0),
            new KerasLinearRegression().setVerbose(0))) {
      refused("no rows", estimator, rows.limit(0));
    }

    refused(
        "validation_split=0.99 of 40 rows leaves a part without rows",
        classifier().setValidationSplit(0.99),
        rows);
    refused("The data set has no rows", classifier().setValidationIndicatorCol("v"), rows);
    refused("no rows", classifier().setLabelCol("gone").setHandleInvalid("skip"), rows);
  }

  @Test
  void labelsThatAreNoClasses(SparkSession spark) {
    refused(
        "labelCol: the column 'label' must hold class numbers, whole from 0 to 2. Received: -1 in the row [WrappedArray("
            .replace("WrappedArray", "ArraySeq"),
        classifier(),
        rows(spark, FEATURES, "cast(id % 3 as int) - if(id = 3, 1, 0) label"));
    refused(
        "whole from 0 to 2. Received: 0.5 in the row",
        classifier(),
        rows(spark, FEATURES, "if(id = 7, 0.5D, cast(id % 3 as double)) label"));
    refused(
        "whole from 0 to 2. Received: 3 in the row",
        classifier(),
        rows(spark, FEATURES, "if(id = 7, 3, cast(id % 3 as int)) label"));
    refused(
        "must not hold null",
        classifier(),
        rows(spark, FEATURES, "if(id = 7, null, cast(id % 3 as int)) label"));
    refused("label", classifier(), rows(spark, FEATURES, "cast(id % 3 as string) label"));
  }

  @Test
  void metadataIsBelievedBeforeAnyJob(SparkSession spark) {
    Dataset<Row> indexed =
        new StringIndexer()
            .setInputCol("name")
            .setOutputCol("label")
            .fit(rows(spark, FEATURES, "cast(id % 4 as string) name"))
            .transform(rows(spark, FEATURES, "cast(id % 4 as string) name"));
    String message = "labelCol: the column 'label' has 4 classes by its metadata, the model has 3";
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> classifier().transformSchema(indexed.schema()))
            .getMessage());
    Dataset<Row> wide =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b", "c"})
            .setOutputCol("features")
            .transform(rows(spark, "id a", "id b", "id c", "0 label"));
    assertEquals(
        "model: the model net takes 2 features a row. Received 3 in the column features",
        assertThrows(
                IllegalArgumentException.class, () -> classifier().transformSchema(wide.schema()))
            .getMessage());
  }

  @Test
  void weightsAndFeatures(SparkSession spark) {
    refused(
        "weightCol: the column 'w' must not hold 0 in all rows",
        classifier().setWeightCol("w"),
        rows(spark, FEATURES, "cast(id % 3 as int) label", "0.0 w"));
    refused(
        "The column 'w' of weights must not be negative. Received: -1.0 in the row",
        classifier().setWeightCol("w"),
        rows(spark, FEATURES, "cast(id % 3 as int) label", "if(id = 5, -1.0, 1.0) w"));
    refused(
        "The column 'features' must hold the same number of values in every row",
        classifier(),
        rows(spark, "if(id = 4, array(1f), array(1f, 2f)) features", "cast(id % 3 as int) label"));
    refused(
        "validationIndicatorCol: the column 'v' is true in no row",
        classifier().setValidationIndicatorCol("v"),
        rows(spark, FEATURES, "cast(id % 3 as int) label", "false v"));
    refused(
        "validationIndicatorCol: the column 'v' must hold booleans. Received: int",
        classifier().setValidationIndicatorCol("v"),
        rows(spark, FEATURES, "cast(id % 3 as int) label", "0 v"));
    refused(
        "The column 'x' of features is missing",
        classifier().setFeaturesCol("x"),
        rows(spark, FEATURES, "cast(id % 3 as int) label"));
  }

  @Test
  void paramsThatContradictTheModel(SparkSession spark) {
    Dataset<Row> rows = rows(spark, FEATURES, "cast(id % 3 as int) label", "1 a", "2 b");
    refused("model must be set", new KerasClassifier(), rows);
    refused("model: Not valid JSON", new KerasClassifier().setModel("{"), rows);
    refused(
        "Received: 3 values with the activation relu and a loss of from_logits=false",
        new KerasClassifier()
            .setModel(network(3, "relu"))
            .setLoss("sparse_categorical_crossentropy"),
        rows);
    refused(
        "loss must be set for a model whose last layer has 3 values and the activation relu",
        new KerasClassifier().setModel(network(3, "relu")),
        rows);
    Sequential compiled = network(3, "softmax");
    compiled.compile("adam", "sparse_categorical_crossentropy");
    refused(
        "loss: the model's JSON is compiled with sparse_categorical_crossentropy. Received:"
            + " categorical_crossentropy",
        new KerasClassifier().setModel(compiled).setLoss("categorical_crossentropy"),
        rows);
    refused(
        "Only one of featuresCol and featuresCols can be set",
        classifier().setFeaturesCol("features").setFeaturesCols(List.of("a", "b")),
        rows);
    refused(
        "learningRate can't be set for an optimizer that has no number of its own",
        classifier()
            .setOptimizer(
                SGD.builder().learningRate(ExponentialDecay.builder(0.1, 10, 0.9).build()).build())
            .setLearningRate(0.1),
        rows);
    refused(
        "classWeight: the names must be class numbers. Received: 'a'",
        classifier().setClassWeight("{\"a\": 1}"),
        rows);
    KerasClassifier twoOfThree = classifier().setThresholds(new double[] {0.5, 0.5});
    refused("thresholds must have a value a class, 3. Received: 2", twoOfThree, rows);
    refused(
        "thresholds must have a value a class, 3. Received: 2",
        new KerasLogisticRegression().setThresholds(new double[] {0.5, 0.5}).setVerbose(0),
        rows);
    assertThrows(IllegalArgumentException.class, () -> twoOfThree.transformSchema(rows.schema()));
    assertEquals(
        "epochs must be 1 or more. Received: 0",
        assertThrows(IllegalArgumentException.class, () -> classifier().setEpochs(0)).getMessage());
    assertEquals(
        "handleInvalid must be one of error, skip, keep. Received: ignore",
        assertThrows(IllegalArgumentException.class, () -> classifier().setHandleInvalid("ignore"))
            .getMessage());
    refused(
        "initialModel: the variable",
        classifier()
            .setInitialModel(new Sequential().add(Dense.of(3).activation("softmax").inputShape(5))),
        rows);
    assertThrows(
        IllegalStateException.class,
        () -> classifier().setInitialModel(network(3, "softmax")).write());
    assertThrows(
        IllegalArgumentException.class,
        () -> classifier().setClassWeight(Map.of(0, 2.0)).setWeightCol("a").fit(rows));
  }
}
