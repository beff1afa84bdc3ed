package io.firesteel.internal.data;

import java.nio.charset.StandardCharsets;

/**
 * The hash of an id: MurmurHash3 of 32 bits as Spark SQL computes it, {@code hash(id)} with its
 * seed 42, so that {@code pmod(hash(CAST(id AS BIGINT)), buckets)} is the bucket of an integer and
 * {@code pmod(hash(id), buckets)} that of a string.
 *
 * <p>Integers of every width hash alike. As in Spark, the bytes behind the last whole word of a
 * string's UTF-8 count as one word each.
 */
public final class IdHash {

  private static final int SEED = 42;
  private static final int C1 = 0xcc9e2d51;
  private static final int C2 = 0x1b873593;

  private IdHash() {}

  /** Returns the hash of an integer. */
  public static int of(long id) {
    int low = addWord(SEED, (int) id);
    return finish(addWord(low, (int) (id >>> 32)), Long.BYTES);
  }

  /** Returns the hash of a string. */
  public static int of(String id) {
    byte[] bytes = id.getBytes(StandardCharsets.UTF_8);
    int hash = SEED;
    int i = 0;
    for (; i + 3 < bytes.length; i += 4) {
      int word =
          (bytes[i] & 0xff)
              | (bytes[i + 1] & 0xff) << 8
              | (bytes[i + 2] & 0xff) << 16
              | bytes[i + 3] << 24;
      hash = addWord(hash, word);
    }

    for (; i < bytes.length; i++) {
      hash = addWord(hash, bytes[i]);
    }

    return finish(hash, bytes.length);
  }

  private static int addWord(int hash, int word) {
    int mixed = Integer.rotateLeft(word * C1, 15) * C2;
    return Integer.rotateLeft(hash ^ mixed, 13) * 5 + 0xe6546b64;
  }

  private static int finish(int hash, int length) {
    int h = hash ^ length;
    h = (h ^ h >>> 16) * 0x85ebca6b;
    h = (h ^ h >>> 13) * 0xc2b2ae35;
    return h ^ h >>> 16;
  }
}
