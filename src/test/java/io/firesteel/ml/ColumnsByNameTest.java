package io.firesteel.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.LocalSpark;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.mllib.util.MLUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Params name columns as Spark's queries do: in any case, fields behind a dot, dots in names. */
@Tag("spark")
@ExtendWith(LocalSpark.class)
class ColumnsByNameTest {

  private static final String A = "cast(id % 20 / 20 as double)";
  private static final String B = "cast(id % 7 / 7 as double)";
  private static final String LABEL = "if(id % 20 + id % 7 > 12, 1, 0)";

  /** The same rows under plain names, as fields of a struct, and under names with dots. */
  private static Dataset<Row> rows(SparkSession spark) {
    Dataset<Row> plain =
        spark
            .range(200)
            .selectExpr(
                A + " a",
                B + " b",
                LABEL + " label",
                LABEL + " > 0 truth",
                "1.0 + id % 3 w",
                "id % 5 = 0 held",
                "array(%s, %s) features".formatted(A, B),
                "if(id = 9, null, id % 2 = 0) flag");
    Dataset<Row> vectors =
        new VectorAssembler()
            .setInputCols(new String[] {"a", "b"})
            .setOutputCol("vector")
            .transform(plain);
    return vectors
        .withColumn("f", functions.struct("a", "b", "label", "w", "held", "vector", "flag"))
        .withColumn("x.label", functions.col("label"))
        .withColumn("x.vector", functions.col("vector"))
        .withColumn("x.w", functions.col("w"))
        .withColumn("x.held", functions.col("held"));
  }

  private static KerasClassifier classifier() {
    return new KerasClassifier()
        .setModel(
            new Sequential()
                .add(Dense.of(4).activation("tanh").inputShape(2))
                .add(Dense.of(2).activation("softmax")))
        .setLoss("categorical_crossentropy")
        .setHandleInvalid("skip")
        .setSeed(2)
        .setVerbose(0);
  }

  private static <E extends NetworkClassifier<E>> String named(
      E estimator, Dataset<Row> rows, String features, String label, String weight, String held) {
    estimator.setFeaturesCol(features);
    estimator.setLabelCol(label);
    estimator.setWeightCol(weight);
    estimator.setValidationIndicatorCol(held);
    estimator.transformSchema(rows.schema());
    KerasClassificationModel model = estimator.fit(rows);
    assertEquals(200, model.transform(rows).where("prediction is not null").count());
    return model.kerasModel().weightsSha256();
  }

  @Test
  void namesInAnotherCaseFieldsAndDotsAreTheSameColumns(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    String plain = named(classifier(), rows, "vector", "label", "w", "held");
    assertEquals(plain, named(classifier(), rows, "VECTOR", "Label", "W", "Held"));
    assertEquals(plain, named(classifier(), rows, "f.vector", "f.label", "f.w", "f.held"));
    assertEquals(plain, named(classifier(), rows, "F.Vector", "F.Label", "F.W", "F.Held"));
    assertEquals(plain, named(classifier(), rows, "x.vector", "x.label", "x.w", "x.held"));
    String regression = named(logistic(), rows, "vector", "label", "w", "held");
    assertEquals(regression, named(logistic(), rows, "F.vector", "f.LABEL", "X.w", "x.held"));
  }

  private static KerasLogisticRegression logistic() {
    return new KerasLogisticRegression()
        .setEpochs(2)
        .setSeed(2)
        .setHandleInvalid("skip")
        .setVerbose(0);
  }

  @Test
  void theCaseOfLettersMattersWhereSparkSaysSo(SparkSession spark) {
    Dataset<Row> rows = rows(spark).withColumn("w2", functions.col("w"));
    List<Consumer<KerasClassifier>> wrong =
        List.of(
            estimator -> estimator.setFeaturesCol("Vector"),
            estimator -> estimator.setLabelCol("Label"),
            estimator -> estimator.setWeightCol("W"),
            estimator -> estimator.setValidationIndicatorCol("Held"));
    spark.conf().set("spark.sql.caseSensitive", "true");
    try {
      for (Consumer<KerasClassifier> change : wrong) {
        KerasClassifier estimator = classifier().setFeaturesCol("vector");
        change.accept(estimator);
        String message =
            assertThrows(IllegalArgumentException.class, () -> estimator.fit(rows)).getMessage();
        assertEquals(true, message.contains(" is missing. Columns: a, b, label"), message);
      }

      Dataset<Row> both = rows.withColumn("LABEL", functions.expr("label + 7"));
      String plain = named(classifier(), both, "vector", "label", "w", "held");
      assertEquals(plain, named(classifier(), rows, "vector", "label", "w", "held"));
    } finally {
      spark.conf().unset("spark.sql.caseSensitive");
    }
  }

  @Test
  void truthIsALabelOfTwoClasses(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    assertEquals(
        named(classifier(), rows, "features", "label", "w", "held"),
        named(classifier(), rows, "features", "truth", "w", "held"));
    assertEquals(
        named(logistic(), rows, "features", "label", "w", "held"),
        named(logistic(), rows, "features", "truth", "w", "held"));
  }

  @Test
  void aTruthThatIsNullIsNotValid(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    for (String flag : List.of("flag", "f.flag", "F.FLAG")) {
      KerasClassifier estimator =
          classifier().setFeaturesCols(List.of("a", flag)).setHandleInvalid("skip");
      KerasClassificationModel model = estimator.fit(rows);
      assertEquals(199, model.transform(rows).count());
      model.setHandleInvalid("keep");
      assertEquals(1, model.transform(rows).where("prediction is null").count());
      Exception e =
          assertThrows(Exception.class, () -> estimator.setHandleInvalid("error").fit(rows));
      assertEquals(true, e.getMessage().contains("'" + flag + "'"), e.getMessage());
    }
  }

  @Test
  void anIdThatIsNullIsNotValid(SparkSession spark) {
    Dataset<Row> rows =
        spark
            .range(200)
            .selectExpr(
                "if(id = 9, null, concat('u', id % 20)) user", "id % 7 item", LABEL + " label");
    KerasFMClassifier estimator =
        new KerasFMClassifier()
            .setIdCols(List.of("USER", "item"))
            .setIdBuckets(100)
            .setEpochs(1)
            .setVerbose(0);
    Exception e = assertThrows(Exception.class, () -> estimator.fit(rows));
    assertEquals(true, e.getMessage().contains("'USER__index' must not hold null"), e.getMessage());
    KerasClassificationModel skipping = estimator.setHandleInvalid("skip").fit(rows);
    assertEquals(199, skipping.transform(rows).count());
    assertEquals(
        skipping.kerasModel().weightsSha256(),
        estimator.fit(rows.where("user is not null")).kerasModel().weightsSha256());
    KerasClassificationModel keeping = estimator.setHandleInvalid("keep").fit(rows);
    assertEquals(skipping.kerasModel().weightsSha256(), keeping.kerasModel().weightsSha256());
    assertEquals(1, keeping.transform(rows).where("prediction is null").count());
  }

  @Test
  void vectorsOfBothKindsWithNullOrNaNAreNotValid(SparkSession spark) {
    Dataset<Row> vectors =
        rows(spark)
            .select("a", "b", "label", "vector")
            .withColumn("nan", functions.expr("if(b > 0.8, double('NaN'), b)"));
    vectors =
        new VectorAssembler()
            .setHandleInvalid("keep")
            .setInputCols(new String[] {"a", "nan"})
            .setOutputCol("broken")
            .transform(vectors);
    long valid = vectors.where("b <= 0.8").count();
    for (Dataset<Row> kind :
        List.of(vectors, MLUtils.convertVectorColumnsFromML(vectors, "broken", "vector"))) {
      Dataset<Row> rows = kind.withColumn("missing", functions.expr("if(b > 0.8, null, vector)"));
      for (String name : List.of("broken", "missing")) {
        KerasClassificationModel model = classifier().setFeaturesCol(name).fit(rows);
        assertEquals(valid, model.transform(rows).count(), name);
      }
    }
  }

  @Test
  void aPredictionNeedsANameOfItsOwnInAnyCase(SparkSession spark) {
    Dataset<Row> rows = rows(spark);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    classifier()
                        .setFeaturesCol("vector")
                        .setPredictionCol("TRUTH")
                        .transformSchema(rows.schema()))
            .getMessage();
    assertEquals(
        "The data set must not have a column 'TRUTH' already. Columns: "
            + String.join(", ", rows.columns())
            + ", rawPrediction, probability",
        message);
  }
}
