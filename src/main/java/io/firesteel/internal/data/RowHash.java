package io.firesteel.internal.data;

import io.firesteel.tensor.RandomStream;

/**
 * The content of a row as one number, and the order of rows that depends on their content alone.
 *
 * <p>A row is its values in float32 as {@link RowLayout} lays them out. The hash and the order see
 * the bits of the values, so 0.0 and -0.0 are different; NaN never gets into a row.
 */
public final class RowHash {

  private static final long START = 0x46697265737465L;
  private static final long SECOND_START = 0x737465656C466972L;
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private RowHash() {}

  /** Returns a 64-bit hash of a row's values. */
  public static long of(float[] values) {
    long hash = START;
    for (float value : values) {
      hash = add(hash, Float.floatToRawIntBits(value));
    }

    return hash;
  }

  /**
   * Writes two hashes of a row's values that have nothing to do with each other: that of {@link
   * #of}, and one that orders rows of the same rank.
   *
   * @param hashes where they go, at {@code index} and behind it
   */
  public static void both(float[] values, long[] hashes, int index) {
    long hash = START;
    long second = SECOND_START;
    for (float value : values) {
      int bits = Float.floatToRawIntBits(value);
      hash = add(hash, bits);
      second = add(second, bits);
    }

    hashes[index] = hash;
    hashes[index + 1] = second;
  }

  /** Returns the hash of a sequence of hashes and one more; it depends on the order. */
  public static long add(long hash, long next) {
    return RandomStream.mix((hash ^ next) + STEP);
  }

  /** Returns the hash of a sequence of hashes; it depends on the order. */
  public static long ofSequence(long... hashes) {
    long hash = empty();
    for (long next : hashes) {
      hash = add(hash, next);
    }

    return hash;
  }

  /** Returns the hash of an empty sequence. */
  public static long empty() {
    return START;
  }

  /**
   * Returns the rank of a row under a seed. Rows are ordered by rank, then by the second hash of
   * {@link #both}, both as unsigned numbers. Rows that are equal in both are taken for the same.
   */
  public static long rank(long hash, long seed) {
    return RandomStream.mix(hash + RandomStream.mix(seed + STEP));
  }

  /** Compares rows by the bits of their values, the first that differs, then by their lengths. */
  public static int compareContent(float[] left, float[] right) {
    int common = Math.min(left.length, right.length);
    for (int i = 0; i < common; i++) {
      int difference =
          Integer.compare(Float.floatToRawIntBits(left[i]), Float.floatToRawIntBits(right[i]));
      if (difference != 0) {
        return difference;
      }
    }

    return Integer.compare(left.length, right.length);
  }
}
