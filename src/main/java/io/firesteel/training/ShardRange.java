package io.firesteel.training;

/**
 * The contiguous range of shards that one of several workers owns; ranges differ by one shard at
 * most.
 *
 * @param lo the first shard
 * @param hi the shard after the last one
 */
public record ShardRange(int lo, int hi) {

  /** Returns the range of a worker. */
  public static ShardRange of(int worker, int workers, int shards) {
    return new ShardRange(
        (int) ((long) worker * shards / workers), (int) ((worker + 1L) * shards / workers));
  }
}
