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
}
