package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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

  private static void refused(String message, NetworkClassifier<?> estimator, Dataset<Row> rows) {
    Exception e = assertThrows(IllegalArgumentException.class, () -> estimator.fit(rows));
    assertTrue(e.getMessage().contains(message), e.getMessage());
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
