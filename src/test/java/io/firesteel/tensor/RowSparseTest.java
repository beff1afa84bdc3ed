package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowSparseTest {

  private static RowSparse rows(int[] rows, float... values) {
    return RowSparse.wrap(Shape.of(4, 2), rows, values);
  }

  @Test
  void theDenseFormHoldsTheRowsAndZeros() {
    RowSparse sparse = rows(new int[] {3, 1}, 1, 2, 3, 4);
    assertArrayEquals(new float[] {0, 0, 3, 4, 0, 0, 1, 2}, sparse.toDense().values());
    assertEquals(Shape.of(4, 2), sparse.toDense().shape());
    assertEquals(2, sparse.rowSize());
  }

  /** 1e8 + 1 - 1e8 is 0 in float32, and 1 in another order. */
  @Test
  void duplicatesAreAddedInTheirOrder() {
    RowSparse sparse = rows(new int[] {2, 0, 2, 2}, 1e8f, 1e8f, 5, 6, 1, -1e8f, -1e8f, 1);
    RowSparse summed = sparse.sumDuplicates();
    assertArrayEquals(new int[] {0, 2}, summed.rows());
    assertArrayEquals(new float[] {5, 6, 0, 1}, summed.values());
    assertArrayEquals(new float[] {5, 6, 0, 0, 0, 1, 0, 0}, sparse.toDense().values());
    assertArrayEquals(new int[] {2, 0, 2, 2}, sparse.rows());
  }

  @Test
  void ascendingRowsAreTakenAsTheyAre() {
    RowSparse ascending = rows(new int[] {0, 3}, 1, 2, 3, 4);
    assertSame(ascending, ascending.sumDuplicates());
    RowSparse repeated = rows(new int[] {0, 0}, 1, 2, 3, 4);
    assertNotSame(repeated, repeated.sumDuplicates());
  }

  @Test
  void aRowKeepsTheSignOfItsZeros() {
    assertEquals(-0.0f, rows(new int[] {1}, -0.0f, 0).toDense().values()[2]);
    assertEquals(-0.0f, rows(new int[] {1, 1}, -0.0f, 0, -0.0f, 0).toDense().values()[2]);
    assertEquals(0.0f, rows(new int[] {1, 1}, -0.0f, 0, 0.0f, 0).toDense().values()[2]);
  }

  @Test
  void thereMayBeNoRowsAndRowsOfOneValueOrMoreDimensions() {
    assertArrayEquals(new float[8], rows(new int[0]).toDense().values());
    assertArrayEquals(
        new float[] {0, 7, 0},
        RowSparse.wrap(Shape.of(3), new int[] {1}, new float[] {7}).toDense().values());
    assertArrayEquals(
        new float[] {0, 0, 0, 0, 1, 2, 3, 4},
        RowSparse.wrap(Shape.of(2, 2, 2), new int[] {1}, new float[] {1, 2, 3, 4})
            .toDense()
            .values());
    assertEquals(
        0, RowSparse.wrap(Shape.of(0, 3), new int[0], new float[0]).toDense().values().length);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4})
  void rowsThatAreNotThereAreRefused(int row) {
    assertEquals(
        "A tensor of shape (4, 2) has the rows 0 to 3. Received the row: " + row,
        assertThrows(IllegalArgumentException.class, () -> rows(new int[] {0, row}, 1, 2, 3, 4))
            .getMessage());
  }

  @Test
  void theNumberOfValuesMustBeThatOfTheRows() {
    assertEquals(
        "2 rows of a tensor of shape (4, 2) hold 4 values. Received: 3",
        assertThrows(IllegalArgumentException.class, () -> rows(new int[] {0, 1}, 1, 2, 3))
            .getMessage());
  }

  @Test
  void aScalarHasNoRows() {
    assertEquals(
        "A scalar has no rows. Received the shape: ()",
        assertThrows(
                IllegalArgumentException.class,
                () -> RowSparse.wrap(Shape.scalar(), new int[0], new float[0]))
            .getMessage());
  }

  @Test
  void theTextNamesShapeAndRows() {
    assertEquals("RowSparse(4, 2)[3, 1]", rows(new int[] {3, 1}, 1, 2, 3, 4).toString());
    assertEquals(
        "RowSparse(99,)", RowSparse.wrap(Shape.of(99), new int[17], new float[17]).toString());
  }
}
