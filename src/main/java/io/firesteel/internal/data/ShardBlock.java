package io.firesteel.internal.data;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one shard in their local order, with the hash that they had when they were put
 * together. Where the values are held is the matter of {@link ShardRows}.
 */
public final class ShardBlock implements Serializable {

  private static final long serialVersionUID = 2L;

  private final int shard;
  private final int rows;
  private final RowLayout layout;
  private final ShardRows values;
  private final long hash;
  private final long contentHash;
  private final boolean weighty;
  private transient volatile @Nullable EpochOrder order;

  private record EpochOrder(BatchPlan plan, int epoch, int[] rows) {}

  private ShardBlock(Builder builder) {
    this.shard = builder.shard;
    this.rows = builder.rows;
    this.layout = builder.layout;
    this.values = builder.sink.finish();
    this.hash = builder.hash;
    this.contentHash = builder.contentHash;
    this.weighty = builder.weighty;
  }

  /**
   * Returns a builder of a shard in the heap.
   *
   * @param shard the index of the shard
   * @param rows the number of rows that will be added
   */
  public static Builder builder(int shard, int rows, RowLayout layout) {
    return new Builder(shard, rows, layout, HeapRows.sink(rows, layout));
  }

  /** Returns a builder of a shard whose rows go into a sink. */
  public static Builder builder(int shard, int rows, RowLayout layout, RowSink sink) {
    return new Builder(shard, rows, layout, sink);
  }

  /** Returns the index of the shard. */
  public int shard() {
    return shard;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the hash of the rows in their order. */
  public long hash() {
    return hash;
  }

  /** Returns the sum of the rows' hashes, which does not depend on their order. */
  public long contentHash() {
    return contentHash;
  }

  /** Tells whether a row has a weight that is not 0; all have without weights. */
  public boolean hasWeight() {
    return weighty;
  }

  /** Returns a copy of the labels of the rows [first, end) in local order. */
  public float[] labels(int first, int end) {
    int width = layout.labelWidth();
    float[] labels = new float[(end - first) * width];
    for (int row = first; row < end; row++) {
      values.copy(row, layout.featureWidth(), width, labels, (row - first) * width);
    }

    return labels;
  }

  /**
   * Returns the rows of this shard in a batch of an epoch, or null if it has none.
   *
   * @param buffer what the batch lives in, until the buffer is used again
   */
  public @Nullable Batch batch(BatchPlan plan, int epoch, int batch, BatchBuffer buffer) {
    int first = plan.firstRow(shard, batch);
    int end = plan.endRow(shard, batch);
    return first == end ? null : gather(order(plan, epoch), first, end, buffer);
  }

  /** Returns the rows at the places [first, end) of an order as a batch. */
  public Batch gather(int[] order, int first, int end, BatchBuffer buffer) {
    Batch batch = buffer.batch(end - first, layout);
    for (int i = 0; i < batch.rows(); i++) {
      copyRow(order[first + i], batch, i);
    }

    return batch;
  }

  /** Returns the rows [first, end) in local order as a batch. */
  public Batch slice(int first, int end, BatchBuffer buffer) {
    Batch batch = buffer.batch(end - first, layout);
    for (int i = 0; i < batch.rows(); i++) {
      copyRow(first + i, batch, i);
    }

    return batch;
  }

  private int[] order(BatchPlan plan, int epoch) {
    EpochOrder known = order;
    if (known == null || known.epoch() != epoch || !known.plan().equals(plan)) {
      known = new EpochOrder(plan, epoch, plan.permutation(epoch, shard));
      order = known;
    }

    return known.rows();
  }

  private void copyRow(int row, Batch batch, int to) {
    int features = layout.featureWidth();
    int labels = layout.labelWidth();
    float[] weights = batch.weights();
    SparseRows sparse = batch.sparse();
    values.copy(row, 0, features, batch.features(), to * features);
    values.copy(row, features, labels, batch.labels(), to * labels);
    if (weights != null) {
      int width = layout.weightWidth();
      values.copy(row, features + labels, width, weights, to * width);
    }

    if (sparse != null) {
      values.addEntries(row, sparse);
    }
  }

  /** Collects the rows of a shard in local order. */
  public static final class Builder implements AutoCloseable {
    private final int shard;
    private final int rows;
    private final RowLayout layout;
    private final RowSink sink;
    private int added;
    private long hash = RowHash.empty();
    private long contentHash;
    private boolean weighty;

    private Builder(int shard, int rows, RowLayout layout, RowSink sink) {
      this.shard = shard;
      this.rows = rows;
      this.layout = layout;
      this.sink = sink;
    }

    /** Adds a row as {@link RowLayout} lays it out. */
    public Builder add(float[] row) {
      if (added == rows) {
        throw new IllegalStateException(
            "Shard %d has more than the %d rows that it was planned with".formatted(shard, rows));
      }

      sink.add(row);
      long rowHash = RowHash.of(row);
      hash = RowHash.add(hash, rowHash);
      contentHash += rowHash;
      weighty |= hasWeight(row);
      added++;
      return this;
    }

    private boolean hasWeight(float[] row) {
      boolean found = !layout.weighted();
      for (int i = layout.width() - layout.weightWidth(); i < layout.width(); i++) {
        found |= row[i] != 0f;
      }

      return found;
    }

    /** Tells whether all rows that were announced have been added. */
    public boolean isComplete() {
      return added == rows;
    }

    /**
     * Returns the block.
     *
     * @throws IllegalStateException if fewer rows were added than were announced
     */
    public ShardBlock build() {
      if (added != rows) {
        throw new IllegalStateException(
            "Shard %d has %d rows; it was planned with %d".formatted(shard, added, rows));
      }

      return new ShardBlock(this);
    }

    /** Frees what is held besides the block that was built. */
    @Override
    public void close() {
      sink.close();
    }
  }
}
