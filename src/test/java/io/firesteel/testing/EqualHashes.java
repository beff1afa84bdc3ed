package io.firesteel.testing;

import io.firesteel.internal.data.RowHash;
import java.util.HashMap;
import java.util.Map;

/** Two different rows with the same {@link RowHash#of}. */
public final class EqualHashes {

  private EqualHashes() {}

  /**
   * Finds rows of two values. Half of the bits of a hash after the first value must be equal by
   * chance, for which some hundred thousand values are enough; the second value makes up for the
   * other half.
   */
  public static float[][] rows() {
    Map<Long, Float> known = new HashMap<>();
    for (int i = 1; i < 1_000_000; i++) {
      float value = i;
      long hash = RowHash.of(new float[] {value});
      Float other = known.put(hash >>> Integer.SIZE, value);
      if (other != null) {
        float filled = Float.intBitsToFloat((int) (hash ^ RowHash.of(new float[] {other})));
        if (Float.isFinite(filled) && Math.copySign(1, filled) > 0) {
          return new float[][] {{value, 0}, {other, filled}};
        }
      }
    }

    throw new AssertionError("No two rows with the same hash were found");
  }
}
