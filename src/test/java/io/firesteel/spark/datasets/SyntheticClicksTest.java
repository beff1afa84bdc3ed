package io.firesteel.spark.datasets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.LocalSpark;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class SyntheticClicksTest {

  private static final SyntheticClicks CLICKS =
      SyntheticClicks.of(4000).numeric(2).categorical(4, 100);

  @Test
  void aRowDependsOnSeedAndNumberAlone(SparkSession spark) {
    List<Row> rows = CLICKS.toDataset(spark).collectAsList();
    assertEquals(
        rows,
        CLICKS.toDataset(spark).repartition(5).orderBy("I1").collectAsList().stream()
            .sorted((a, b) -> Integer.compare(rows.indexOf(a), rows.indexOf(b)))
            .toList());
    List<Row> tail =
        SyntheticClicks.of(10)
            .numeric(2)
            .categorical(4, 100)
            .firstRow(3990)
            .toDataset(spark)
            .collectAsList();
    assertEquals(rows.subList(3990, 4000), tail);
    assertNotEquals(rows, CLICKS.seed(1).toDataset(spark).collectAsList());
  }

  @Test
  void someIdsAreFrequentAndAllAreInTheirVocabulary(SparkSession spark) {
    int[] sizes = CLICKS.vocabularies();
    assertEquals(100, Arrays.stream(sizes).sum());
    List<Row> rows = CLICKS.toDataset(spark).collectAsList();
    int first = 0;
    int clicked = 0;
    for (Row row : rows) {
      for (int f = 0; f < 4; f++) {
        int id = row.getInt(3 + f);
        assertTrue(id >= 0 && id < sizes[f], row::toString);
      }

      first += row.getInt(3) == 0 ? 1 : 0;
      clicked += row.getInt(0);
    }

    double share = StrictMath.log(2.0) / StrictMath.log(sizes[0] + 1.0);
    assertEquals(share, first / 4000.0, 0.03);
    assertTrue(clicked > 400 && clicked < 2400, "clicked " + clicked);
  }

  @Test
  void vectorsHoldTheSame(SparkSession spark) {
    List<Row> rows = CLICKS.toDataset(spark).limit(20).collectAsList();
    List<Row> vectors = CLICKS.toVectors(spark).limit(20).collectAsList();
    int[] sizes = CLICKS.vocabularies();
    for (int i = 0; i < 20; i++) {
      Row row = rows.get(i);
      SparseVector vector = vectors.get(i).getAs(1);
      assertEquals(row.getInt(0), vectors.get(i).getInt(0));
      assertEquals(102, vector.size());
      int first = 2;
      double[] expected = {row.getFloat(1), row.getFloat(2), 1, 1, 1, 1};
      int[] indices = {0, 1, 0, 0, 0, 0};
      for (int f = 0; f < 4; f++) {
        indices[2 + f] = first + row.getInt(3 + f);
        first += sizes[f];
      }

      assertArrayEquals(expected, vector.values());
      assertArrayEquals(indices, vector.indices());
    }
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertEquals(
        "SyntheticClicks needs rows and id columns. Received: rows=0, first_row=0, numeric=13,"
            + " categorical=26",
        message(() -> SyntheticClicks.of(0)));
    assertEquals(
        "SyntheticClicks needs at least two ids a column, and at most 2^30 in all. Received:"
            + " features=7 for 4 columns",
        message(() -> CLICKS.categorical(4, 7)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
