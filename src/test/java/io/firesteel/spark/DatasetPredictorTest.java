package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.network.Network;
import io.firesteel.network.NetworkPass;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LocalSpark;
import io.firesteel.testing.TinyDatasets;
import io.firesteel.testing.TinyTraining;
import io.firesteel.variables.VariableSnapshot;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class DatasetPredictorTest {

  private static final Network NETWORK = Network.of(TinyTraining.network());
  private static final VariableSnapshot VARIABLES =
      VariableSnapshot.copyOf(NETWORK.createVariables(3));

  private static DatasetPredictor predictor() {
    return DatasetPredictor.of(TinyTraining.network(), VARIABLES).features("x");
  }

  @Test
  void addsVectorsOfPredictionsBehindTheOtherColumns(SparkSession spark) {
    Dataset<Row> frame = TinyDatasets.frame(spark, 600, 2, 1);
    Dataset<Row> predicted = predictor().transform(frame);

    assertArrayEquals(new String[] {"id", "x", "y", "w", "prediction"}, predicted.columns());
    List<Row> rows = predicted.orderBy("id").collectAsList();
    assertEquals(600, rows.size());
    NetworkPass pass = NETWORK.newPass();
    float[] expected = new float[TinyTraining.CLASSES];
    for (int i = 0; i < 600; i++) {
      pass.predict(
          VARIABLES, Arrays.copyOf(TinyTraining.row(i), TinyTraining.FEATURES), 1, expected);
      Vector actual = rows.get(i).getAs("prediction");
      for (int c = 0; c < expected.length; c++) {
        assertEquals(expected[c], actual.apply(c), 1e-6);
      }
    }
  }

  @Test
  void oneNumberIsADouble(SparkSession spark) {
    Network linear =
        Network.of(
            "linear",
            Shape.of(2),
            List.of(Dense.of(1).withName("dense")),
            Losses.get("mse"),
            List.of());
    VariableSnapshot variables = VariableSnapshot.wrap(new float[][] {{2, 3}, {1}});
    Row row =
        DatasetPredictor.of(linear.spec(), variables)
            .features("a", "b")
            .predictionColumn("p")
            .transform(spark.sql("select 'k' k, 10 a, 'z' z, 1.5 b"))
            .first();

    assertEquals("k", row.getString(0));
    assertEquals(2 * 10 + 3 * 1.5 + 1, row.<Double>getAs("p"));
  }

  @Test
  void refusesWhatItCannotPredict(SparkSession spark) {
    Dataset<Row> frame = TinyDatasets.frame(spark, 3, 1, 1);

    assertEquals(
        "The column 'nosuch' of features is missing. Columns: id, x, y, w",
        assertThrows(
                IllegalArgumentException.class,
                () -> predictor().features("nosuch").transform(frame))
            .getMessage());
    assertEquals(
        "The data set has a column 'y' already; set another predictionColumn. Columns: id, x, y, w",
        assertThrows(
                IllegalArgumentException.class,
                () -> predictor().predictionColumn("y").transform(frame))
            .getMessage());
    Dataset<Row> narrow = predictor().features("id", "w").transform(frame);
    Exception failure = assertThrows(Exception.class, narrow::collectAsList);
    assertTrue(
        failure.toString().contains("The model takes 5 features a row. Received 2 in the row ["),
        failure::toString);
  }
}
