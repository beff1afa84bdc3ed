package io.firesteel.internal.data;

import io.firesteel.saving.Argument;
import io.firesteel.tensor.RandomStream;
import java.io.Serializable;

/**
 * Which rows of which shard make up which batch.
 *
 * <p>Rows are numbered 0 to N-1 in one global order and dealt to shard i mod S, where row i is
 * local row i div S. Batch t of an epoch holds the global positions [tB, min((t+1)B, N)), so shard
 * s contributes its local positions from max(0, ceil((tB-s)/S)) to max(0, ceil((min((t+1)B,
 * N)-s)/S)). Which of its rows stands at a local position is the shard's {@link #permutation} of
 * the epoch. Every batch has exactly B rows, the last one the rest; a shard may have none.
 *
 * @param rows N, the number of rows
 * @param batchSize B, the rows of a batch
 * @param shards S, the number of shards
 * @param seed the seed of the rows' order, of each epoch's permutation, and of dropout
 * @param shuffle whether each shard permutes its rows each epoch, and the rows' order is by content
 */
public record BatchPlan(long rows, int batchSize, int shards, long seed, boolean shuffle)
    implements Serializable {

  private static final int FEWEST_SHARDS = 2;
  private static final int MOST_SHARDS = 256;
  private static final int ROWS_PER_DEFAULT_SHARD = 64;
  private static final int ROWS_PER_EVALUATION_SHARD = 2048;

  /**
   * Creates a plan.
   *
   * @throws IllegalArgumentException if {@code rows}, {@code batchSize} or {@code shards} is below
   *     1, or a shard would have more than 2^31 - 1 rows
   */
  public BatchPlan {
    Argument.integer("fit", "rows", 1, rows);
    Argument.integer("fit", "batch_size", 1, batchSize);
    Argument.integer("fit", "shards", 1, shards);
    if (-Math.floorDiv(-rows, (long) shards) > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "A shard holds at most 2^31 - 1 rows; use more shards. Received: rows=%d, shards=%d"
              .formatted(rows, shards));
    }
  }

  /**
   * Returns the number of shards where the user sets none: a 64th of the batch size, at least 2 and
   * at most 256. It never depends on the cluster.
   */
  public static int defaultShards(int batchSize) {
    Argument.integer("fit", "batch_size", 1, batchSize);
    return Math.min(MOST_SHARDS, Math.max(FEWEST_SHARDS, batchSize / ROWS_PER_DEFAULT_SHARD));
  }

  /**
   * Returns the plan of an evaluation: rows ranked by content, and a number of shards that depends
   * on their number alone.
   *
   * @param batchSize the rows of a batch, for losses that are reduced batch by batch
   */
  public static BatchPlan evaluation(long rows, int batchSize) {
    long shards = Math.min(MOST_SHARDS, Math.max(FEWEST_SHARDS, rows / ROWS_PER_EVALUATION_SHARD));
    return new BatchPlan(rows, batchSize, (int) shards, 0, true);
  }

  /** Returns this plan with the rows in the order in which they are given. */
  public BatchPlan inGivenOrder() {
    return new BatchPlan(rows, batchSize, shards, seed, false);
  }

  /**
   * Returns the number of batches of an epoch.
   *
   * @throws ArithmeticException if there are more than 2^31 - 1
   */
  public int batches() {
    return Math.toIntExact(-Math.floorDiv(-rows, (long) batchSize));
  }

  /** Returns the number of rows of a shard. */
  public int shardRows(int shard) {
    return localPosition(rows, shard);
  }

  /** Returns the first local position of a shard in a batch. */
  public int firstRow(int shard, int batch) {
    return localPosition((long) batch * batchSize, shard);
  }

  /** Returns the local position after the last one of a shard in a batch. */
  public int endRow(int shard, int batch) {
    return localPosition(endPosition(batch), shard);
  }

  /**
   * Returns the local rows of a shard in the order of an epoch: a permutation drawn from (seed,
   * epoch, shard), or 0, 1, 2, ... without {@code shuffle}.
   */
  public int[] permutation(int epoch, int shard) {
    int size = shardRows(shard);
    if (shuffle) {
      return RandomStream.of(seed, epoch, shard).permutation(size);
    }

    int[] order = new int[size];
    for (int i = 0; i < size; i++) {
      order[i] = i;
    }

    return order;
  }

  /** Returns the seed of a shard's randomness in a batch, such as dropout's. */
  public long batchSeed(int epoch, int batch, int shard) {
    return RandomStream.of(seed, epoch, batch, shard).nextLong();
  }

  private long endPosition(int batch) {
    return Math.min((batch + 1L) * batchSize, rows);
  }

  private int localPosition(long position, int shard) {
    return (int) Math.max(0, -Math.floorDiv(shard - position, (long) shards));
  }
}
