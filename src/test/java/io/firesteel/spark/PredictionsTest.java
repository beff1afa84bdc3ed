package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.models.Sequential;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.training.DataColumns;
import io.firesteel.training.FitOptions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class PredictionsTest {

  private static final Sequential MODEL =
      new Sequential("tiny")
          .add(Dense.of(4).activation("tanh").inputShape(TinyTraining.FEATURES))
          .add(Dense.of(2));

  @Test
  void arraysOfPredictionsStandBehindTheOtherColumns(SparkSession spark) {
    Dataset<Row> frame = TinyDatasets.frame(spark, 600, 2, 1);
    Dataset<Row> predicted = Predictions.of(MODEL, "x").addTo(frame);
    assertArrayEquals(new String[] {"id", "x", "y", "w", "prediction"}, predicted.columns());
    List<Row> rows = predicted.orderBy("id").collectAsList();
    assertEquals(600, rows.size());
    for (int i = 0; i < 600; i++) {
      float[] features = Arrays.copyOf(TinyTraining.row(i), TinyTraining.FEATURES);
      float[] expected = MODEL.predict(new float[][] {features})[0];
      List<Float> actual = rows.get(i).getList(4);
      assertEquals(expected.length, actual.size());
      for (int c = 0; c < expected.length; c++) {
        assertEquals(expected[c], actual.get(c), 1e-6);
      }
    }
  }

  @Test
  void whatCannotBePredictedIsRefused(SparkSession spark) {
    Dataset<Row> frame = TinyDatasets.frame(spark, 3, 1, 1);
    assertEquals(
        "The column 'nosuch' of features is missing. Columns: id, x, y, w",
        refusal(frame, "nosuch"));
    assertEquals(
        "The model tiny takes %d features a row. Received 2 columns"
            .formatted(TinyTraining.FEATURES),
        refusal(frame, "id", "w"));
    assertEquals(
        "The data set must not have a column 'prediction' already. Columns: x, prediction",
        refusal(frame.selectExpr("x", "1 as prediction"), "x"));
    Dataset<Row> narrow = Predictions.of(MODEL, "x").addTo(frame.selectExpr("array(1.0f) as x"));
    Exception failure = assertThrows(Exception.class, narrow::collectAsList);
    assertTrue(
        failure.toString().contains("features a row. Received 1 in the row ["), failure::toString);
  }

  @Test
  void aClassifierGivesTheColumnsThatSparkExpects(SparkSession spark) {
    Dataset<Row> frame =
        TinyDatasets.frame(spark, 60, 2, 1).selectExpr("x", "double(id % 3) as label");
    Sequential model =
        new Sequential("classes")
            .add(Dense.of(3).activation("softmax").inputShape(TinyTraining.FEATURES))
            .columns(new DataColumns(List.of("x"), List.of("red", "green", "blue")));
    Dataset<Row> predicted = Predictions.of(model).addTo(frame);
    assertArrayEquals(
        new String[] {"x", "label", "rawPrediction", "probability", "prediction"},
        predicted.columns());
    double accuracy =
        new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(predicted);
    assertEquals(predicted.where("label = prediction").count() / 60.0, accuracy, 1e-12);
    Row row = predicted.first();
    Vector probability = row.getAs("probability");
    assertEquals(1.0, probability.apply(0) + probability.apply(1) + probability.apply(2), 1e-6);
    assertEquals((double) probability.argmax(), row.<Double>getAs("prediction"));
    Row named =
        new IndexToString()
            .setInputCol("prediction")
            .setOutputCol("name")
            .transform(predicted)
            .first();
    assertEquals(
        List.of("red", "green", "blue").get(probability.argmax()), named.<String>getAs("name"));

    Dataset<Row> both =
        Predictions.of(model)
            .predictionCol("second")
            .probabilityCol("")
            .rawPredictionCol("")
            .outputCol("values")
            .addTo(predicted);
    assertEquals(0, both.where("prediction != second").count());
    assertArrayEquals(new String[] {"values", "second"}, Arrays.copyOfRange(both.columns(), 5, 7));
  }

  @Test
  void twoClassesOfOneValueAndLogits(SparkSession spark) {
    Dataset<Row> frame =
        TinyDatasets.frame(spark, 60, 2, 1).selectExpr("x", "double(id % 2) as label");
    Sequential sigmoid =
        new Sequential().add(Dense.of(1).activation("sigmoid").inputShape(TinyTraining.FEATURES));
    Dataset<Row> predicted = Predictions.of(sigmoid, "x").outputCol("p").addTo(frame);
    assertTrue(new BinaryClassificationEvaluator().evaluate(predicted) >= 0);
    for (Row row : predicted.collectAsList()) {
      float p = row.<Float>getList(row.fieldIndex("p")).get(0);
      assertEquals(p, row.<Vector>getAs("probability").apply(1), 1e-7);
      assertEquals(p > 0.5 ? 1.0 : 0.0, row.<Double>getAs("prediction"));
    }

    Sequential logits = new Sequential().add(Dense.of(3).inputShape(TinyTraining.FEATURES));
    logits.compile("sgd", SparseCategoricalCrossentropy.builder().fromLogits().build());
    Row row = Predictions.of(logits, "x").addTo(frame).first();
    Vector raw = row.getAs("rawPrediction");
    Vector probability = row.getAs("probability");
    assertEquals(
        Math.log(probability.apply(0) / probability.apply(1)), raw.apply(0) - raw.apply(1), 1e-5);
  }

  @Test
  void rowsWithoutValuesFailAreLeftOutOrKept(SparkSession spark) {
    Dataset<Row> frame =
        spark.sql(
            "select * from values (1, 0.5d, 1.0d), (2, null, 1.0d), (3, double('NaN'), 0.0d), (4,"
                + " 0.25d, -1.0d) as t(id, a, b)");
    Sequential model = new Sequential("line").add(Dense.of(1).inputShape(2));
    Predictions predictions = Predictions.of(model, "a", "b");
    Exception failure =
        assertThrows(Exception.class, () -> predictions.addTo(frame).collectAsList());
    assertTrue(failure.toString().contains("The column 'a' must"), failure::toString);
    List<Row> skipped =
        predictions.handleInvalid("skip").addTo(frame).orderBy("id").collectAsList();
    assertEquals(List.of(1, 4), skipped.stream().map(row -> row.getInt(0)).toList());
    List<Row> kept = predictions.handleInvalid("keep").addTo(frame).orderBy("id").collectAsList();
    assertEquals(
        List.of(false, true, true, false), kept.stream().map(row -> row.isNullAt(3)).toList());
    assertEquals(skipped.get(1).getDouble(3), kept.get(3).getDouble(3));
    assertEquals(
        "Predictions: 'handle_invalid' must be one of error, skip, keep. Received: drop",
        assertThrows(IllegalArgumentException.class, () -> predictions.handleInvalid("drop"))
            .getMessage());
    assertEquals(
        "The model line is no classifier and gives no probability. Received: the name 'p'",
        assertThrows(
                IllegalArgumentException.class, () -> predictions.probabilityCol("p").addTo(frame))
            .getMessage());
  }

  @Test
  void columnsAreFoundByName(SparkSession spark) {
    Dataset<Row> frame =
        spark.sql(
            "select id, named_struct('A', double(id), 'b', id % 2 = 0) as f, cast(id as decimal(10,"
                + " 2)) as Price, id % 2 = 1 as odd from range(32)");
    Sequential model = new Sequential("named").add(Dense.of(1).inputShape(3));
    model.compile("sgd", "mse");
    ShardedDataset data = ShardedDataset.of(frame).features("F.a", "f.B", "PRICE").label("ODD");
    model.fit(data, FitOptions.builder().batchSize(8).verbose(0).build());
    assertEquals(List.of("f.A", "f.b", "Price"), model.columns().features());

    Map<String, Double> same = model.evaluate(data);
    assertEquals(
        same,
        model.evaluate(ShardedDataset.of(frame).features("price", "f.a", "f.b").label("odd")));
    Row expected = Predictions.of(model).addTo(frame).orderBy("id").first();
    Row swapped = Predictions.of(model, "price", "f.b", "f.a").addTo(frame).orderBy("id").first();
    assertEquals(expected, swapped);
    assertEquals(
        "The model was trained on the columns f.A, f.b, Price. Received: id, f.b, price; missing:"
            + " f.A",
        refusal(model, frame, "id", "f.b", "price"));
    assertEquals(
        "The column 'prise' of features is missing. Columns: id, f, Price, odd. Did you mean"
            + " 'Price'?",
        assertThrows(
                IllegalArgumentException.class,
                () -> ShardedDataset.of(frame).features("prise").label("odd").rows())
            .getMessage());
    assertEquals(
        "The column 'd' of features must hold numbers, arrays of numbers or vectors. Received:"
            + " date. Make a number of it with a query, e.g. unix_date(d)",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    ShardedDataset.of(frame.selectExpr("current_date() as d", "odd"))
                        .features("d")
                        .label("odd")
                        .rows())
            .getMessage());
  }

  private static String refusal(Sequential model, Dataset<Row> frame, String... features) {
    return assertThrows(
            IllegalArgumentException.class, () -> Predictions.of(model, features).addTo(frame))
        .getMessage();
  }

  private static String refusal(Dataset<Row> frame, String... features) {
    return assertThrows(
            IllegalArgumentException.class, () -> Predictions.of(MODEL, features).addTo(frame))
        .getMessage();
  }
}
