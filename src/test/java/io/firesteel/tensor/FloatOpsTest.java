package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operation against the obvious way to do it. */
class FloatOpsTest {

  private static final float[] SPECIAL = {
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    -0.0f,
    0.0f,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    1,
    -1
  };

  private static float[] random(int size, long seed) {
    Random random = new Random(seed);
    float[] x = new float[size];
    for (int i = 0; i < size; i++) {
      x[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 3));
    }

    return x;
  }

  private static float exactSumOfSquares(float[] x) {
    BigDecimal sum = BigDecimal.ZERO;
    for (float value : x) {
      sum = sum.add(new BigDecimal(value * value));
    }

    return sum.floatValue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 8, 13, 31, 64, 4098, 16383, 16384, 16385, 50001})
  void sumsOfSquaresAreTheExactOnesRounded(int size) {
    float[] x = random(size, size);
    assertEquals(exactSumOfSquares(x), FloatOps.sumOfSquares(x));
    assertEquals((float) Math.sqrt(exactSumOfSquares(x)), FloatOps.norm(x));
  }

  @Test
  void sumsOfSquaresOfSpecialValues() {
    assertTrue(Float.isNaN(FloatOps.sumOfSquares(new float[] {1, Float.NaN, 2, 3, 4})));
    for (int position = 0; position < 7; position++) {
      float[] x = new float[7];
      x[position] = Float.NEGATIVE_INFINITY;
      assertEquals(Float.POSITIVE_INFINITY, FloatOps.sumOfSquares(x));
      x[position] = Float.MAX_VALUE;
      assertEquals(Float.POSITIVE_INFINITY, FloatOps.norm(x));
      x[position] = Float.MIN_VALUE;
      assertEquals(0, FloatOps.sumOfSquares(x));
      x[position] = 3;
      assertEquals(9, FloatOps.sumOfSquares(x));
    }

    float[] large = {1.5e19f, 1.5e19f};
    assertEquals(Float.POSITIVE_INFINITY, FloatOps.sumOfSquares(large));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 8, 13, 31, 64, 4098})
  void elementwiseOperationsAreElementwise(int size) {
    float[] x = random(size, 1);
    float[] y = random(size, 2);
    float[] sums = new float[size];
    float[] largest = new float[size];
    float[] products = new float[size];
    float[] quotients = new float[size];
    float[] limited = new float[size];
    for (int i = 0; i < size; i++) {
      sums[i] = x[i] + y[i];
      largest[i] = x[i] > y[i] ? x[i] : y[i];
      products[i] = x[i] * 0.3f;
      quotients[i] = x[i] * (1 / 0.3f);
      limited[i] = x[i] < -0.5f ? -0.5f : x[i] > 1 ? 1 : x[i];
    }

    float[] actual = x.clone();
    FloatOps.add(actual, y);
    assertArrayEquals(sums, actual);
    actual = x.clone();
    FloatOps.maximum(actual, y);
    assertArrayEquals(largest, actual);
    actual = x.clone();
    FloatOps.multiply(actual, 0.3f);
    assertArrayEquals(products, actual);
    actual = x.clone();
    FloatOps.divide(actual, 0.3f);
    assertArrayEquals(quotients, actual);
    actual = x.clone();
    FloatOps.clip(actual, -0.5f, 1);
    assertArrayEquals(limited, actual);
  }

  @Test
  void nanStaysAndInfinityIsLimited() {
    float[] x = SPECIAL.clone();
    FloatOps.clip(x, -2, 2);
    assertArrayEquals(
        new float[] {
          Float.NaN,
          2,
          -2,
          -0.0f,
          0,
          Float.MIN_VALUE,
          -Float.MIN_VALUE,
          Float.MIN_NORMAL,
          2,
          -2,
          1,
          -1
        },
        x);
    float[] y = {1, Float.NaN};
    FloatOps.maximum(y, new float[] {Float.NaN, 1});
    assertTrue(Float.isNaN(y[0]) && Float.isNaN(y[1]));
  }

  @Test
  void oneValueThatIsNotFiniteIsFound() {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      assertFalse(FloatOps.allFinite(new float[] {1, 2, value}));
    }

    assertTrue(FloatOps.allFinite(new float[] {Float.MAX_VALUE, -Float.MAX_VALUE, 0}));
    assertTrue(FloatOps.allFinite(new float[0]));
  }

  @Test
  void arraysMustHaveTheSameLength() {
    String expected = "Both arrays must have the same length. Received: 1 and 2";
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, () -> FloatOps.add(new float[1], new float[2]))
            .getMessage());
    assertEquals(
        expected,
        assertThrows(
                IllegalArgumentException.class, () -> FloatOps.maximum(new float[1], new float[2]))
            .getMessage());
  }

  @Test
  void functionsAreStrictMathsRounded() {
    for (float x : random(2000, 3)) {
      float positive = Math.abs(x);
      assertEquals((float) StrictMath.sqrt(positive), FloatOps.sqrt(positive));
      assertEquals((float) StrictMath.log(positive), FloatOps.log(positive));
      assertEquals((float) StrictMath.cos(x), FloatOps.cos(x));
      assertEquals((float) StrictMath.pow(positive, 0.7f), FloatOps.pow(positive, 0.7f));
    }

    for (float x : SPECIAL) {
      assertEquals((float) StrictMath.sqrt(x), FloatOps.sqrt(x));
      assertEquals((float) StrictMath.log(x), FloatOps.log(x));
      assertEquals((float) StrictMath.pow(x, 2), FloatOps.pow(x, 2));
    }
  }

  @Test
  void theSignIsThatOfMath() {
    for (float x : SPECIAL) {
      assertEquals(Math.signum(x), FloatOps.sign(x));
    }

    for (float x : random(1000, 3)) {
      assertEquals(Math.signum(x), FloatOps.sign(x));
      float small = x * Float.MIN_VALUE;
      assertEquals(Math.signum(small), FloatOps.sign(small));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16384, 16385, 50001})
  void theSumsOfChunksMakeTheSum(int size) {
    float[] x = random(size, size);
    double sum = 0;
    for (int from = 0; from < size; from += FloatOps.SUM_CHUNK) {
      sum += FloatOps.sumOfSquares(x, from, Math.min(from + FloatOps.SUM_CHUNK, size));
    }

    assertEquals(FloatOps.sumOfSquares(x), (float) sum);
  }

  @Test
  void rangesAreTreatedAlone() {
    float[] x = {-4, -3, 2, Float.NaN, 5};
    FloatOps.multiply(x, 1, 3, 2);
    assertArrayEquals(new float[] {-4, -6, 4, Float.NaN, 5}, x);
    FloatOps.clip(x, 1, 2, -1, 1);
    assertArrayEquals(new float[] {-4, -1, 4, Float.NaN, 5}, x);
    FloatOps.add(x, new float[] {9, 9, 9, 9, 9}, 4, 5);
    assertArrayEquals(new float[] {-4, -1, 4, Float.NaN, 14}, x);
    assertTrue(FloatOps.allFinite(x, 0, 3));
    assertFalse(FloatOps.allFinite(x, 3, 4));
    assertTrue(FloatOps.allFinite(x, 4, 5));
  }
}
