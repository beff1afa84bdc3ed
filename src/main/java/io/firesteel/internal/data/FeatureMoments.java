package io.firesteel.internal.data;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;

/**
 * The exact sums of the values of each feature, and of their squares. Whatever the order in which
 * rows are added and parts are merged, mean and variance come out the same to the bit.
 */
public final class FeatureMoments {

  /*
   * A finite float is m 2^(p - 149) with an integer m below 2^24 and p from 0 to 253. A sum is an
   * integer multiple of 2^-149, that of squares of 2^-298, kept in digits of 32 bits with a sign
   * each. The upper half of a digit's long takes the carries of 2^28 numbers and more, after which
   * they are passed on.
   */
  private static final int SUM_DIGITS = 9;
  private static final int SQUARE_DIGITS = 18;
  private static final int SQUARES = 1 + SUM_DIGITS;
  private static final int STATE = SQUARES + SQUARE_DIGITS;
  private static final int LOWEST_BIT = 149;
  private static final long DIGIT = 0xFFFFFFFFL;
  private static final int ROWS_BETWEEN_CARRIES = 1 << 28;

  private final long[] state;
  private int rowsSinceCarry;

  private FeatureMoments(long[] state) {
    this.state = state;
  }

  /** Returns the moments of no rows. */
  public static FeatureMoments ofNoRows(int features) {
    return new FeatureMoments(new long[Math.multiplyExact(features, STATE)]);
  }

  /** Returns the moments of a {@link #state}, which is not copied. */
  public static FeatureMoments of(long[] state) {
    return new FeatureMoments(state);
  }

  /** Returns the number of features. */
  public int features() {
    return state.length / STATE;
  }

  /** Returns everything that {@link #of} needs; not a copy. */
  public long[] state() {
    return state;
  }

  /** Adds a row, of which the first values are the features; all are finite. */
  public void add(float[] row) {
    for (int feature = 0; feature < features(); feature++) {
      add(feature * STATE, row[feature]);
    }

    rowsSinceCarry++;
    if (rowsSinceCarry == ROWS_BETWEEN_CARRIES) {
      carry();
    }
  }

  private void add(int start, float value) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = (bits >>> 23) & 0xFF;
    long mantissa = exponent == 0 ? bits & 0x7FFFFF : (bits & 0x7FFFFF) | 0x800000;
    int position = Math.max(0, exponent - 1);
    state[start]++;
    addDigits(start + 1, value < 0 ? -mantissa : mantissa, position);
    long square = mantissa * mantissa;
    addDigits(start + SQUARES, square & 0xFFFFFF, 2 * position);
    addDigits(start + SQUARES, square >>> 24, 2 * position + 24);
  }

  /** Adds a number of 24 bits, shifted, to a sum. */
  private void addDigits(int start, long number, int position) {
    int digit = start + (position >>> 5);
    long shifted = Math.abs(number) << (position & 31);
    long sign = number < 0 ? -1 : 1;
    state[digit] += sign * (shifted & DIGIT);
    if (shifted >>> 32 != 0) {
      state[digit + 1] += sign * (shifted >>> 32);
    }
  }

  private void carry() {
    for (int start = 0; start < state.length; start += STATE) {
      carry(start + 1, SUM_DIGITS);
      carry(start + SQUARES, SQUARE_DIGITS);
    }

    rowsSinceCarry = 0;
  }

  private void carry(int start, int digits) {
    for (int i = start; i < start + digits - 1; i++) {
      state[i + 1] += state[i] >> 32;
      state[i] &= DIGIT;
    }
  }

  /** Adds other moments of the same features to these. */
  public void merge(FeatureMoments other) {
    carry();
    other.carry();
    for (int i = 0; i < state.length; i++) {
      state[i] += other.state[i];
    }
  }

  /**
   * Returns the moments of groups of features, each taken for one feature.
   *
   * @param group the group of each feature, counted from 0
   * @param groups the number of groups
   */
  public FeatureMoments grouped(int[] group, int groups) {
    FeatureMoments merged = ofNoRows(groups);
    for (int feature = 0; feature < group.length; feature++) {
      merged.carry();
      for (int i = 0; i < STATE; i++) {
        merged.state[group[feature] * STATE + i] += state[feature * STATE + i];
      }
    }

    return merged;
  }

  /** Returns the mean of a feature, rounded once; NaN without rows. */
  public double mean(int feature) {
    BigInteger count = BigInteger.valueOf(state[feature * STATE]);
    return quotient(sum(feature), count.shiftLeft(LOWEST_BIT));
  }

  /** Returns the variance of a feature, its mean squared difference from the mean. */
  public double variance(int feature) {
    BigInteger count = BigInteger.valueOf(state[feature * STATE]);
    BigInteger sum = sum(feature);
    BigInteger squares = number(feature * STATE + SQUARES, SQUARE_DIGITS);
    BigInteger difference = squares.multiply(count).subtract(sum.multiply(sum));
    return quotient(difference, count.multiply(count).shiftLeft(2 * LOWEST_BIT));
  }

  private BigInteger sum(int feature) {
    return number(feature * STATE + 1, SUM_DIGITS);
  }

  private BigInteger number(int start, int digits) {
    BigInteger number = BigInteger.ZERO;
    for (int i = start + digits - 1; i >= start; i--) {
      number = number.shiftLeft(32).add(BigInteger.valueOf(state[i]));
    }

    return number;
  }

  private static double quotient(BigInteger dividend, BigInteger divisor) {
    if (divisor.signum() == 0) {
      return Double.NaN;
    }

    return new BigDecimal(dividend)
        .divide(new BigDecimal(divisor), MathContext.DECIMAL128)
        .doubleValue();
  }
}
