package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.AllocatedBytes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class MatMulTest {

  private static final int[] SIZES = {1, 2, 3, 5, 8, 13, 17, 33, 70};

  @FunctionalInterface
  private interface Case {
    void check(int rows, int inner, int columns);
  }

  @Test
  void multipliesMatricesOfAnySize() {
    forAllSizes(
        (rows, inner, columns) -> {
          float[] a = random(1, rows * inner);
          float[] b = random(2, inner * columns);
          float[] c = new float[rows * columns];
          Arrays.fill(c, Float.NaN);
          MatMul.multiply(a, b, c, rows, inner, columns);
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
              double sum = 0.0;
              for (int k = 0; k < inner; k++) {
                sum += (double) a[i * inner + k] * b[k * columns + j];
              }

              assertEquals(sum, c[i * columns + j], 2e-5);
            }
          }
        });
  }

  @Test
  void addsTheProductOfAVectorInAnArray() {
    forAllSizes(
        (skipped, inner, columns) -> {
          float[] x = random(1, skipped + inner);
          float[] w = random(2, inner * columns);
          float[] y = random(5, skipped + columns + 1);
          float[] before = y.clone();
          MatMul.addVectorProduct(x, skipped, w, y, skipped, inner, columns);
          for (int i = 0; i < y.length; i++) {
            double sum = before[i];
            int j = i - skipped;
            for (int k = 0; k < inner && j >= 0 && j < columns; k++) {
              sum += (double) x[skipped + k] * w[k * columns + j];
            }

            assertEquals(sum, y[i], 2e-5);
          }
        });
  }

  @Test
  void addsTheProductOfAVectorAndTheRowsOfAMatrix() {
    forAllSizes(
        (rows, inner, columns) -> {
          if (inner == 0) {
            return;
          }

          float[] x = random(1, inner + rows);
          float[] w = random(2, inner * columns);
          float[] y = random(5, columns + rows);
          float[] before = y.clone();
          MatrixRows.copyOf(w, inner).addProduct(x, y);
          for (int j = 0; j < y.length; j++) {
            double sum = before[j];
            for (int k = 0; k < inner && j < columns; k++) {
              sum += (double) x[k] * w[k * columns + j];
            }

            assertEquals(sum, y[j], j < columns ? 2e-5 : 0);
          }
        });
  }

  @Test
  void refusesVectorsThatAMatrixDoesNotGoWith() {
    MatrixRows matrix = MatrixRows.copyOf(new float[6], 3);
    assertEquals(
        "A matrix of 3 x 2 does not go with vectors of 2 and 2 values",
        assertThrows(
                IllegalArgumentException.class, () -> matrix.addProduct(new float[2], new float[2]))
            .getMessage());
    assertEquals(
        "A matrix of 6 values does not have 4 rows",
        assertThrows(IllegalArgumentException.class, () -> MatrixRows.copyOf(new float[6], 4))
            .getMessage());
  }

  @Test
  void addsAProduct() {
    forAllSizes(
        (rows, inner, columns) -> {
          float[] a = random(1, rows * inner);
          float[] b = random(2, inner * columns);
          float[] c = random(5, rows * columns);
          float[] before = c.clone();
          MatMul.addProduct(a, b, c, rows, inner, columns);
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
              double sum = before[i * columns + j];
              for (int k = 0; k < inner; k++) {
                sum += (double) a[i * inner + k] * b[k * columns + j];
              }

              assertEquals(sum, c[i * columns + j], 2e-5);
            }
          }
        });
  }

  @Test
  void multipliesWithATransposedLeftSide() {
    forAllSizes(
        (rows, left, right) -> {
          float[] a = random(3, rows * left);
          float[] b = random(4, rows * right);
          float[] c = new float[left * right];
          Arrays.fill(c, Float.NaN);
          MatMul.transposedTimes(a, b, c, rows, left, right);
          for (int i = 0; i < left; i++) {
            for (int j = 0; j < right; j++) {
              double sum = 0.0;
              for (int k = 0; k < rows; k++) {
                sum += (double) a[k * left + i] * b[k * right + j];
              }

              assertEquals(sum, c[i * right + j], 2e-5);
            }
          }
        });
  }

  @Test
  void multipliesWithATransposedRightSide() {
    forAllSizes(
        (rows, inner, columns) -> {
          float[] a = random(6, rows * inner);
          float[] b = random(7, columns * inner);
          float[] c = new float[rows * columns];
          Arrays.fill(c, Float.NaN);
          MatMul.timesTransposed(a, b, c, rows, inner, columns);
          for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
              double sum = 0.0;
              for (int k = 0; k < inner; k++) {
                sum += (double) a[i * inner + k] * b[j * inner + k];
              }

              assertEquals(sum, c[i * columns + j], 2e-5);
            }
          }
        });
  }

  @Test
  void leavesWhatIsBehindTheMatrixAlone() {
    float[] c = {7, 7, 7};
    MatMul.multiply(new float[] {2, 9}, new float[] {3, 9}, c, 1, 1, 1);
    assertArrayEquals(new float[] {6, 7, 7}, c);
    MatMul.addProduct(new float[] {2, 9}, new float[] {3, 9}, c, 1, 1, 1);
    assertArrayEquals(new float[] {12, 7, 7}, c);
    MatMul.transposedTimes(new float[] {2, 9}, new float[] {4, 9}, c, 1, 1, 1);
    assertArrayEquals(new float[] {8, 7, 7}, c);
    MatMul.timesTransposed(new float[] {2, 9}, new float[] {5, 9}, c, 1, 1, 1);
    assertArrayEquals(new float[] {10, 7, 7}, c);
  }

  @Test
  void hasNothingToFillOrZerosWithoutRows() {
    float[] c = {1, 2};
    MatMul.multiply(new float[0], new float[4], c, 0, 2, 2);
    MatMul.timesTransposed(new float[0], new float[4], c, 0, 2, 2);
    assertArrayEquals(new float[] {1, 2}, c);
    MatMul.transposedTimes(new float[0], new float[0], c, 0, 1, 2);
    assertArrayEquals(new float[] {0, 0}, c);
    c[0] = 1;
    MatMul.multiply(new float[0], new float[0], c, 1, 0, 1);
    c[1] = 2;
    assertArrayEquals(new float[] {0, 2}, c);
    c[0] = 1;
    MatMul.addProduct(new float[0], new float[0], c, 1, 0, 1);
    assertArrayEquals(new float[] {1, 2}, c);
    MatMul.timesTransposed(new float[0], new float[0], c, 1, 0, 1);
    assertArrayEquals(new float[] {0, 2}, c);
  }

  @Test
  void passesOnNaN() {
    float[] c = new float[1];
    MatMul.multiply(new float[] {0, Float.NaN}, new float[] {1, 0}, c, 1, 2, 1);
    assertTrue(Float.isNaN(c[0]));
  }

  @Test
  void allocatesNothing() {
    float[] a = random(10, 64 * 64);
    float[] b = random(11, 64 * 64);
    float[] c = new float[64 * 64];
    long bytes =
        AllocatedBytes.perCall(
            2000,
            () -> {
              MatMul.multiply(a, b, c, 64, 64, 64);
              MatMul.addProduct(a, b, c, 64, 64, 64);
              MatMul.transposedTimes(a, b, c, 64, 64, 64);
              MatMul.timesTransposed(a, b, c, 64, 64, 64);
            });
    assertTrue(bytes < 64, bytes + " bytes a call");
  }

  @Test
  void namesTheImplementationAndItsVersion() {
    assertTrue(MatMul.name().matches(".+ \\d+\\.\\d+\\.\\d+( for \\w+)?"), MatMul.name());
  }

  @Test
  void refusesMatricesThatAreLargerThanTheirArrays() {
    float[] four = new float[4];
    float[] three = new float[3];
    assertMessage("a of 2 x 2", () -> MatMul.multiply(three, four, four, 2, 2, 2));
    assertMessage("b of 2 x 2", () -> MatMul.multiply(four, three, four, 2, 2, 2));
    assertMessage("c of 2 x 2", () -> MatMul.multiply(four, four, three, 2, 2, 2));
    assertMessage("a of -1 x 2", () -> MatMul.multiply(four, four, four, -1, 2, 2));
    assertMessage("a of 2 x 2", () -> MatMul.transposedTimes(three, four, four, 2, 2, 2));
    assertMessage("b of 2 x 2", () -> MatMul.transposedTimes(four, three, four, 2, 2, 2));
    assertMessage("c of 2 x 2", () -> MatMul.transposedTimes(four, four, three, 2, 2, 2));
    assertMessage("a of 2 x 2", () -> MatMul.timesTransposed(three, four, four, 2, 2, 2));
    assertMessage("b of 2 x 2", () -> MatMul.timesTransposed(four, three, four, 2, 2, 2));
    assertMessage("c of 2 x 2", () -> MatMul.timesTransposed(four, four, three, 2, 2, 2));
    assertMessage("a of 65536 x 65536", () -> MatMul.multiply(four, four, four, 65536, 65536, 1));
  }

  private static void assertMessage(String part, Runnable action) {
    String message = assertThrows(IllegalArgumentException.class, action::run).getMessage();
    assertTrue(message.startsWith("The matrix " + part + " does not fit into "), message);
  }

  private static void forAllSizes(Case test) {
    for (int rows : SIZES) {
      for (int inner : SIZES) {
        for (int columns : SIZES) {
          test.check(rows, inner, columns);
        }
      }
    }
  }

  private static float[] random(long seed, int size) {
    RandomStream random = RandomStream.of(seed, size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 2.0f * random.nextFloat() - 1.0f;
    }

    return values;
  }
}
