package io.firesteel.internal.data;

import java.io.Serializable;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How keys, which are texts or whole numbers, become the indices of categories. */
public interface KeyIndex extends Serializable {

  /** What {@link #of} returns for a key that counts in no category. */
  int DROPPED = -1;

  /**
   * Returns the index of a key.
   *
   * @param key a {@link String} or a {@link Long}
   * @throws IllegalArgumentException if it must not occur
   */
  int of(Object key);

  /**
   * Keys that are hashed.
   *
   * @param mask the key of the index 0, before the buckets; null for none
   */
  record Hashed(KeyBuckets buckets, @Nullable Object mask) implements KeyIndex {

    @Override
    public int of(Object key) {
      return mask == null ? buckets.of(key) : key.equals(mask) ? 0 : 1 + buckets.of(key);
    }
  }

  /**
   * Keys of a vocabulary.
   *
   * @param indices the index of each
   * @param mask the key that stands for nothing, or null
   * @param maskIndex its index, or {@link #DROPPED}
   * @param firstUnknown the index of the first bucket of what is not in the vocabulary
   * @param unknown the buckets, or null if it must not occur
   * @param byRest whether numbers go into buckets by their rest, not by their hash
   */
  record Listed(
      Map<Object, Integer> indices,
      @Nullable Object mask,
      int maskIndex,
      int firstUnknown,
      @Nullable KeyBuckets unknown,
      boolean byRest)
      implements KeyIndex {

    @Override
    public int of(Object key) {
      if (key.equals(mask)) {
        return maskIndex;
      }

      Integer index = indices.get(key);
      if (index != null) {
        return index;
      }

      if (unknown == null) {
        throw new IllegalArgumentException(
            "all keys must be in the vocabulary, as num_oov_indices is 0. Received: '%s'"
                .formatted(key));
      }

      if (unknown.count() == 1) {
        return firstUnknown;
      }

      boolean rest = byRest && key instanceof Long;
      return firstUnknown
          + (rest ? (int) Math.floorMod((Long) key, (long) unknown.count()) : unknown.of(key));
    }
  }
}
