package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.RandomStream;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class FeatureMomentsTest {

  private static final float[] NUMBERS = {
    0.0f, -0.0f, 1.0f, -1.5f, 3e38f, -3.4028235e38f, 1.4e-45f, -1e-40f, 1.17549435e-38f, 1e9f, 7e-7f
  };

  @Test
  void isExactForNumbersOfAnySize() {
    for (int length = 1; length <= NUMBERS.length; length++) {
      assertExact(Arrays.copyOf(NUMBERS, length));
    }
  }

  @Test
  void isExactWhereTheMeanIsLargeAndTheVarianceSmall() {
    float[] values = new float[1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = 1e7f + i % 2;
    }

    FeatureMoments moments = moments(values);
    assertEquals(1e7 + 0.5, moments.mean(0));
    assertEquals(0.25, moments.variance(0));
  }

  @Test
  void theOrderOfRowsAndPartsDoesNotMatter() {
    float[] values = new float[300];
    RandomStream random = RandomStream.of(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10));
    }

    FeatureMoments whole = moments(values);
    assertExact(values);
    FeatureMoments parts = moments(Arrays.copyOfRange(values, 200, 300));
    parts.merge(moments(new float[0]));
    parts.merge(FeatureMoments.of(moments(Arrays.copyOfRange(values, 0, 200)).state()));
    assertEquals(whole.mean(0), parts.mean(0));
    assertEquals(whole.variance(0), parts.variance(0));
  }

  @Test
  void featuresAreSeparateUnlessGrouped() {
    FeatureMoments moments = FeatureMoments.ofNoRows(3);
    moments.add(new float[] {1, 10, 100, 7});
    moments.add(new float[] {3, 30, 300, 7});
    assertEquals(3, moments.features());
    assertArrayEquals(
        new double[] {2, 20, 200},
        new double[] {moments.mean(0), moments.mean(1), moments.mean(2)});
    assertEquals(100, moments.variance(1));
    FeatureMoments grouped = moments.grouped(new int[] {1, 0, 1}, 2);
    assertEquals(20, grouped.mean(0));
    assertEquals(101, grouped.mean(1));
    assertEquals((1 + 9 + 10000 + 90000) / 4.0 - 101 * 101, grouped.variance(1));
  }

  @Test
  void noRowsHaveNoMean() {
    assertEquals(Double.NaN, FeatureMoments.ofNoRows(1).mean(0));
    assertEquals(Double.NaN, FeatureMoments.ofNoRows(1).variance(0));
  }

  private static FeatureMoments moments(float[] values) {
    FeatureMoments moments = FeatureMoments.ofNoRows(1);
    for (float value : values) {
      moments.add(new float[] {value});
    }

    return moments;
  }

  private static void assertExact(float[] values) {
    BigDecimal count = BigDecimal.valueOf(values.length);
    BigDecimal sum = BigDecimal.ZERO;
    BigDecimal squares = BigDecimal.ZERO;
    for (float value : values) {
      BigDecimal exact = new BigDecimal(value);
      sum = sum.add(exact);
      squares = squares.add(exact.multiply(exact));
    }

    BigDecimal variance =
        squares
            .multiply(count)
            .subtract(sum.multiply(sum))
            .divide(count.multiply(count), MathContext.DECIMAL128);
    FeatureMoments moments = moments(values);
    assertEquals(sum.divide(count, MathContext.DECIMAL128).doubleValue(), moments.mean(0));
    assertEquals(variance.doubleValue(), moments.variance(0));
  }
}
