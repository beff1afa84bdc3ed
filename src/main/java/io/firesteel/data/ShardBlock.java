package io.firesteel.data;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one shard in memory, in their local order, row-major, with the hash that they had
 * when they were put together.
 */
public final class ShardBlock implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int shard;
  private final int rows;
  private final float[] features;
  private final float[] labels;
  private final float @Nullable [] weights;
  private final long hash;
  private final long contentHash;
  private transient volatile @Nullable EpochOrder order;

  private record EpochOrder(BatchPlan plan, int epoch, int[] rows) {}

  private ShardBlock(Builder builder) {
    this.shard = builder.shard;
    this.rows = builder.rows;
    this.features = builder.features;
    this.labels = builder.labels;
    this.weights = builder.weights;
    this.hash = builder.hash;
    this.contentHash = builder.contentHash;
  }

  /**
   * Returns a builder.
   *
   * @param shard the index of the shard
   * @param rows the number of rows that will be added
   * @throws IllegalArgumentException if so many rows don't fit into one array
   */
  public static Builder builder(int shard, int rows, RowLayout layout) {
    return new Builder(shard, rows, layout);
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

  /** Returns the labels of all rows, in local order; not a copy. */
  public float[] labels() {
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
    int count = end - first;
    float[] batchFeatures = buffer.features(count * featureWidth());
    float[] batchLabels = buffer.labels(count * labelWidth());
    float[] batchWeights = weights == null ? null : buffer.weights(count);
    for (int i = 0; i < count; i++) {
      int row = order[first + i];
      copyRow(features, row, batchFeatures, i, featureWidth());
      copyRow(labels, row, batchLabels, i, labelWidth());
      if (weights != null && batchWeights != null) {
        batchWeights[i] = weights[row];
      }
    }

    return new Batch(count, batchFeatures, batchLabels, batchWeights);
  }

  /** Returns the rows [first, end) in local order as a batch. */
  public Batch slice(int first, int end, BatchBuffer buffer) {
    int count = end - first;
    float[] batchFeatures = buffer.features(count * featureWidth());
    float[] batchLabels = buffer.labels(count * labelWidth());
    float[] batchWeights = weights == null ? null : buffer.weights(count);
    System.arraycopy(features, first * featureWidth(), batchFeatures, 0, count * featureWidth());
    System.arraycopy(labels, first * labelWidth(), batchLabels, 0, count * labelWidth());
    if (weights != null && batchWeights != null) {
      System.arraycopy(weights, first, batchWeights, 0, count);
    }

    return new Batch(count, batchFeatures, batchLabels, batchWeights);
  }

  private int[] order(BatchPlan plan, int epoch) {
    EpochOrder known = order;
    if (known == null || known.epoch() != epoch || !known.plan().equals(plan)) {
      known = new EpochOrder(plan, epoch, plan.permutation(epoch, shard));
      order = known;
    }

    return known.rows();
  }

  private int featureWidth() {
    return rows == 0 ? 0 : features.length / rows;
  }

  private int labelWidth() {
    return rows == 0 ? 0 : labels.length / rows;
  }

  private static void copyRow(float[] source, int from, float[] target, int to, int width) {
    System.arraycopy(source, from * width, target, to * width, width);
  }

  /** Collects the rows of a shard in local order. */
  public static final class Builder {
    private final int shard;
    private final int rows;
    private final RowLayout layout;
    private final float[] features;
    private final float[] labels;
    private final float @Nullable [] weights;
    private int added;
    private long hash = RowHash.empty();
    private long contentHash;

    private Builder(int shard, int rows, RowLayout layout) {
      if ((long) rows * Math.max(layout.featureWidth(), layout.labelWidth()) > Integer.MAX_VALUE) {
        throw new IllegalArgumentException(
            "%d rows of %d features are too many for one shard (at most 2^31 - 1 values); use more shards"
                .formatted(rows, layout.featureWidth()));
      }

      this.shard = shard;
      this.rows = rows;
      this.layout = layout;
      this.features = new float[rows * layout.featureWidth()];
      this.labels = new float[rows * layout.labelWidth()];
      this.weights = layout.weighted() ? new float[rows] : null;
    }

    /** Adds a row of {@link RowLayout#width} values. */
    public Builder add(float[] row) {
      if (added == rows) {
        throw new IllegalStateException(
            "Shard %d has more than the %d rows that it was planned with".formatted(shard, rows));
      }

      int featureWidth = layout.featureWidth();
      int labelWidth = layout.labelWidth();
      System.arraycopy(row, 0, features, added * featureWidth, featureWidth);
      System.arraycopy(row, featureWidth, labels, added * labelWidth, labelWidth);
      if (weights != null) {
        weights[added] = row[featureWidth + labelWidth];
      }

      long rowHash = RowHash.of(row);
      hash = RowHash.add(hash, rowHash);
      contentHash += rowHash;
      added++;
      return this;
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
  }
}
