package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.models.Sequential;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import java.util.Arrays;
import java.util.List;
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

  private static String refusal(Dataset<Row> frame, String... features) {
    return assertThrows(
            IllegalArgumentException.class, () -> Predictions.of(MODEL, features).addTo(frame))
        .getMessage();
  }
}
