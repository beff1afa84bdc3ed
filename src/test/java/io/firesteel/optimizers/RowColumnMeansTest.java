package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import org.junit.jupiter.api.Test;

class RowColumnMeansTest {

  /** Two matrices of two rows and three columns. */
  private static final float[] Q = {1, 2, 3, 5, 6, 13, 4, 4, 4, 4, 4, 4};

  private final Variable rows = Variable.zeros("r", "r", Shape.of(2, 2));
  private final Variable columns = Variable.zeros("c", "c", Shape.of(2, 3));
  private final Adafactor.RowColumnMeans means = new Adafactor.RowColumnMeans(rows, columns);

  @Test
  void theMeansOfEachMatrixMove() {
    means.update(Q, 0);
    assertArrayEquals(new float[] {2, 8, 4, 4}, rows.values(), 1e-6f);
    assertArrayEquals(new float[] {3, 4, 8, 4, 4, 4}, columns.values(), 1e-6f);
    means.update(new float[12], 0.25f);
    assertArrayEquals(new float[] {0.5f, 2, 1, 1}, rows.values(), 1e-6f);
    assertArrayEquals(new float[] {0.75f, 1, 2, 1, 1, 1}, columns.values(), 1e-6f);
  }

  @Test
  void anElementIsTheShareOfItsRowTimesTheMeanOfItsColumn() {
    means.update(Q, 0);
    float[] v = new float[12];
    means.multiply(v, 0, 12);
    float[] expected = {1.2f, 1.6f, 3.2f, 4.8f, 6.4f, 12.8f, 4, 4, 4, 4, 4, 4};
    assertArrayEquals(expected, v, 1e-5f);
  }

  @Test
  void partsMakeTheWholeWhereverTheyBegin() {
    means.update(Q, 0);
    float[] whole = new float[12];
    means.multiply(whole, 0, 12);
    for (int middle = 0; middle <= 12; middle++) {
      float[] parts = new float[12];
      means.multiply(parts, middle, 12);
      means.multiply(parts, 0, middle);
      assertArrayEquals(whole, parts);
    }
  }
}
