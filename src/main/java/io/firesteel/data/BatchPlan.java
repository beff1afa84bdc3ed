package io.firesteel.data;

/**
 * Which rows of which shard make up which batch.
 *
 * <p>Rows are numbered 0 to N-1 in one global order and dealt to shard i mod S, where row i is
 * local row i div S. Batch t of an epoch holds the global positions [tB, min((t+1)B, N)).
 *
 * @param rows N, the number of rows
 * @param batchSize B, the rows of a batch
 * @param shards S, the number of shards
 * @param seed the seed of the rows' order, of each epoch's permutation, and of dropout
 * @param shuffle whether each shard permutes its rows each epoch, and the rows' order is by content
 */
public record BatchPlan(long rows, int batchSize, int shards, long seed, boolean shuffle) {

  /** Returns the number of batches of an epoch. */
  public int batches() {
    return Math.toIntExact(-Math.floorDiv(-rows, (long) batchSize));
  }
}
