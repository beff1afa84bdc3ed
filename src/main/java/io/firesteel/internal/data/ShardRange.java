package io.firesteel.internal.data;

/**
 * The shards from {@code lo} up to but without {@code hi}.
 *
 * @param lo the first shard
 * @param hi the shard after the last one
 */
public record ShardRange(int lo, int hi) {

  /** Returns the range that one of several workers owns; they differ by one shard at most. */
  public static ShardRange of(int worker, int workers, int shards) {
    return new ShardRange(
        (int) ((long) worker * shards / workers), (int) ((worker + 1L) * shards / workers));
  }

  /** Returns the number of shards. */
  public int size() {
    return hi - lo;
  }

  /** Tells whether all shards of another range are in this one. */
  public boolean contains(ShardRange other) {
    return lo <= other.lo && other.hi <= hi;
  }

  /** Tells whether it has a shard in common with another range. */
  public boolean overlaps(ShardRange other) {
    return lo < other.hi && other.lo < hi;
  }
}
