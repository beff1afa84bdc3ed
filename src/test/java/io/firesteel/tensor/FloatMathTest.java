package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FloatMathTest {

  private static final double SQRT_2 = Math.sqrt(2.0);

  @FunctionalInterface
  private interface FloatFunction {
    float apply(float x);
  }

  @Test
  void expIsWithinOneUlpEverywhere() {
    assertWithinOneUlp(FloatMath::exp, StrictMath::exp);
  }

  @Test
  void expm1IsWithinOneUlpEverywhere() {
    assertWithinOneUlp(FloatMath::expm1, StrictMath::expm1);
  }

  @Test
  void tanhIsWithinOneUlpEverywhere() {
    assertWithinOneUlp(FloatMath::tanh, StrictMath::tanh);
  }

  @Test
  void manyAtOnceHaveTheBitsOfOneByOne() {
    float[] special = {
      0.0f,
      -0.0f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      88.8f,
      -88.8f,
      110.0f,
      -110.0f
    };
    RandomStream random = RandomStream.of(7);
    for (int n : new int[] {0, 1, 13, 511, 512, 513, 20_000}) {
      float[] x = new float[n + 1];
      for (int i = 0; i < n; i++) {
        x[i] = i < special.length ? special[i] : random.nextFloat() * 40 - 20;
      }

      x[n] = 0.25f;
      float[] tanh = x.clone();
      float[] sigmoid = new float[n + 1];
      FloatMath.tanh(tanh, tanh, n);
      FloatMath.sigmoid(x, sigmoid, n);
      for (int i = 0; i < n; i++) {
        assertEquals(FloatMath.tanh(x[i]), tanh[i]);
        assertEquals(FloatMath.sigmoid(x[i]), sigmoid[i]);
      }

      assertEquals(0.25f, tanh[n]);
      assertEquals(0.0f, sigmoid[n]);
    }
  }

  @Test
  void sigmoidIsWithinOneUlpEverywhere() {
    assertWithinOneUlp(FloatMath::sigmoid, x -> 1.0 / (1.0 + StrictMath.exp(-x)));
  }

  @Test
  void softplusIsWithinOneUlpEverywhere() {
    assertWithinOneUlp(
        FloatMath::softplus,
        x -> Math.max(x, 0.0) + StrictMath.log1p(StrictMath.exp(-Math.abs(x))));
  }

  @Test
  void normalCdfIsWithinOneUlpEverywhere() {
    assertWithinOneUlp(FloatMath::normalCdf, FloatMathTest::normalCdf);
  }

  @Test
  void zerosKeepTheirSign() {
    assertEquals(-0.0f, FloatMath.tanh(-0.0f));
    assertEquals(-0.0f, FloatMath.expm1(-0.0f));
    assertEquals(0.0f, FloatMath.tanh(0.0f));
    assertEquals(0.0f, FloatMath.expm1(0.0f));
  }

  @Test
  void limitsAreExact() {
    float infinity = Float.POSITIVE_INFINITY;
    assertEquals(infinity, FloatMath.exp(infinity));
    assertEquals(infinity, FloatMath.exp(88.73f));
    assertEquals(0.0f, FloatMath.exp(-infinity));
    assertEquals(1.0f, FloatMath.exp(0.0f));
    assertEquals(infinity, FloatMath.expm1(infinity));
    assertEquals(-1.0f, FloatMath.expm1(-infinity));
    assertEquals(1.0f, FloatMath.tanh(infinity));
    assertEquals(-1.0f, FloatMath.tanh(-infinity));
    assertEquals(1.0f, FloatMath.tanh(Float.MAX_VALUE));
    assertEquals(1.0f, FloatMath.sigmoid(infinity));
    assertEquals(0.0f, FloatMath.sigmoid(-infinity));
    assertEquals(0.5f, FloatMath.sigmoid(0.0f));
    assertEquals(infinity, FloatMath.softplus(infinity));
    assertEquals(0.0f, FloatMath.softplus(-infinity));
    assertEquals(1.0f, FloatMath.normalCdf(infinity));
    assertEquals(0.0f, FloatMath.normalCdf(-infinity));
    assertEquals(0.5f, FloatMath.normalCdf(0.0f));
  }

  @Test
  void notANumberStaysNotANumber() {
    assertTrue(Float.isNaN(FloatMath.exp(Float.NaN)));
    assertTrue(Float.isNaN(FloatMath.expm1(Float.NaN)));
    assertTrue(Float.isNaN(FloatMath.tanh(Float.NaN)));
    assertTrue(Float.isNaN(FloatMath.sigmoid(Float.NaN)));
    assertTrue(Float.isNaN(FloatMath.softplus(Float.NaN)));
    assertTrue(Float.isNaN(FloatMath.normalCdf(Float.NaN)));
  }

  /** Visits each exponent of both signs many times, and the whole range in between. */
  private static void assertWithinOneUlp(FloatFunction actual, DoubleUnaryOperator exact) {
    IntStream.range(0, 1 << 19)
        .map(i -> i * 8191)
        .mapToObj(Float::intBitsToFloat)
        .filter(x -> !Float.isNaN(x))
        .forEach(x -> assertWithinOneUlp(x, actual.apply(x), exact.applyAsDouble(x)));
    for (int i = -60_000; i <= 60_000; i++) {
      float x = i * 0.002f;
      assertWithinOneUlp(x, actual.apply(x), exact.applyAsDouble(x));
    }
  }

  private static void assertWithinOneUlp(float x, float actual, double exact) {
    double error =
        Math.abs(exact) <= Float.MAX_VALUE
            ? Math.abs(actual - exact) / Math.ulp((float) exact)
            : Math.abs(actual - (float) exact);
    if (!(error <= 1.0) && actual != (float) exact) {
      fail("at " + x + ": " + actual + " instead of " + exact);
    }
  }

  /** The series around 0, and Laplace's continued fraction in the tails. */
  private static double normalCdf(double x) {
    double z = Math.abs(x) / SQRT_2;
    double tail = z < 2.5 ? 0.5 - 0.5 * erfSeries(z) : 0.5 * erfcFraction(z);
    return x <= 0.0 ? tail : 1.0 - tail;
  }

  private static double erfSeries(double z) {
    double term = z;
    double sum = z;
    for (int n = 1; n < 80; n++) {
      term *= -z * z / n;
      sum += term / (2 * n + 1);
    }

    return 2.0 / Math.sqrt(Math.PI) * sum;
  }

  private static double erfcFraction(double z) {
    double fraction = z;
    for (int n = 200; n >= 1; n--) {
      fraction = z + n / 2.0 / fraction;
    }

    return z > 30.0 ? 0.0 : StrictMath.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
  }
}
