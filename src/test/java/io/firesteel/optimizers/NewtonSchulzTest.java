package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NewtonSchulzTest {

  private static final NewtonSchulz MUONS = new NewtonSchulz(3.4445, -4.775, 2.0315, 5);

  private static float[] random(int size) {
    Random random = new Random(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }

    return values;
  }

  /** The polynomial acts on the singular values, here 3 and 4 over a norm of 5. */
  @Test
  void actsOnTheSingularValues() {
    float[] matrix = {0, 3, 0, -4, 0, 0};
    new NewtonSchulz(2, -1.5, 0.5, 1).apply(matrix, 2, 3);
    assertArrayEquals(
        new float[] {0, (float) polynomial(0.6), 0, (float) -polynomial(0.8), 0, 0}, matrix, 1e-6f);
  }

  private static double polynomial(double x) {
    return 2 * x - 1.5 * x * x * x + 0.5 * Math.pow(x, 5);
  }

  @Test
  void aTransposedMatrixGivesTheTransposedResult() {
    float[] wide = random(15);
    float[] tall = transposed(wide, 3, 5);
    MUONS.apply(wide, 3, 5);
    MUONS.apply(tall, 5, 3);
    assertArrayEquals(transposed(wide, 3, 5), tall, 1e-5f);
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    float[] result = new float[matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      result[i % columns * rows + i / columns] = matrix[i];
    }

    return result;
  }

  @Test
  void rowsBecomeNearlyOrthonormal() {
    float[] matrix = random(4 * 20);
    MUONS.apply(matrix, 4, 20);
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        double product = 0;
        for (int k = 0; k < 20; k++) {
          product += matrix[20 * a + k] * matrix[20 * b + k];
        }

        assertEquals(a == b ? 1 : 0, product, 0.5);
      }
    }
  }

  @Test
  void aLargerMatrixBeforeMakesNoDifference() {
    float[] first = random(6);
    float[] second = first.clone();
    NewtonSchulz used = new NewtonSchulz(3.4445, -4.775, 2.0315, 5);
    used.apply(random(63), 7, 9);
    used.apply(first, 2, 3);
    new NewtonSchulz(3.4445, -4.775, 2.0315, 5).apply(second, 2, 3);
    assertArrayEquals(second, first);
  }

  @Test
  void zeroStaysZero() {
    float[] zero = new float[6];
    MUONS.apply(zero, 3, 2);
    assertArrayEquals(new float[6], zero);
  }
}
