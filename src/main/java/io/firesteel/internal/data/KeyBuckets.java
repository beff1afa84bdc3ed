package io.firesteel.internal.data;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Puts keys into buckets as TensorFlow does: texts by their bytes in UTF-8, whole numbers by those
 * of their decimal digits.
 *
 * @param count the number of buckets
 * @param salt the two halves of the key of {@link SipHash}; empty for {@link FarmHash}
 */
public record KeyBuckets(int count, List<Long> salt) implements Serializable {

  public KeyBuckets {
    salt = List.copyOf(salt);
  }

  /** Returns the bucket of a key, a text or a whole number. */
  public int of(Object key) {
    byte[] bytes = key.toString().getBytes(StandardCharsets.UTF_8);
    long hash =
        salt.isEmpty()
            ? FarmHash.fingerprint64(bytes)
            : SipHash.of(salt.get(0), salt.get(1), bytes);
    return (int) Long.remainderUnsigned(hash, count);
  }

  /**
   * The keyed hash of 64 bits by which TensorFlow, and so Keras, puts keys into buckets where there
   * is a salt: SipHash-2-4.
   *
   * <p>Source: Aumasson, Bernstein, "SipHash: a fast short-input PRF" (2012).
   */
  private static final class SipHash {

    private SipHash() {}

    /**
     * Returns the hash of bytes.
     *
     * @param first the first half of the key
     * @param second the second half
     */
    static long of(long first, long second, byte[] bytes) {
      long[] v = {
        first ^ 0x736f6d6570736575L,
        second ^ 0x646f72616e646f6dL,
        first ^ 0x6c7967656e657261L,
        second ^ 0x7465646279746573L
      };
      int whole = bytes.length / 8 * 8;
      for (int at = 0; at < whole; at += 8) {
        compress(v, word(bytes, at, at + 8));
      }

      compress(v, word(bytes, whole, bytes.length) | (long) bytes.length << 56);
      v[2] ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round(v);
      }

      return v[0] ^ v[1] ^ v[2] ^ v[3];
    }

    private static long word(byte[] bytes, int from, int to) {
      long word = 0;
      for (int i = to - 1; i >= from; i--) {
        word = (word << 8) | (bytes[i] & 0xff);
      }

      return word;
    }

    private static void compress(long[] v, long word) {
      v[3] ^= word;
      round(v);
      round(v);
      v[0] ^= word;
    }

    private static void round(long[] v) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13) ^ v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16) ^ v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21) ^ v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17) ^ v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }
}
