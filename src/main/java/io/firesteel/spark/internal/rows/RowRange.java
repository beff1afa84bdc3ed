package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.Fingerprint;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.data.RowLayout;
import io.firesteel.spark.internal.execution.SparkJobs;
import org.apache.spark.api.java.JavaRDD;
import org.jspecify.annotations.Nullable;

/** A range of positions of other rows, in an order with a seed: one part of a split. */
public final class RowRange implements SparkRows {

  private final SparkRows parent;
  private final long seed;
  private final boolean shuffle;
  private final long from;
  private final long to;
  private @Nullable Fingerprint fingerprint;

  public RowRange(SparkRows parent, long seed, boolean shuffle, long from, long to) {
    this.parent = parent;
    this.seed = seed;
    this.shuffle = shuffle;
    this.from = from;
    this.to = to;
  }

  @Override
  public RowLayout layout() {
    return parent.layout();
  }

  @Override
  public long rowBytes() {
    return parent.rowBytes();
  }

  @Override
  public Fingerprint fingerprint() {
    if (fingerprint == null) {
      JavaRDD<Long> hashes = inRange().map(row -> RowHash.of(row.values()));
      long hash =
          SparkJobs.described(
              hashes.context(),
              "Firesteel identifies a part of the rows",
              () -> hashes.fold(0L, Long::sum));
      fingerprint = new Fingerprint();
      fingerprint.add(to - from, hash);
    }

    return fingerprint;
  }

  @Override
  public JavaRDD<KeyedRow> numbered(long newSeed, boolean newShuffle) {
    boolean sameOrder = !newShuffle || (shuffle && newSeed == seed);
    return sameOrder
        ? inRange()
        : ContentOrder.numbered(
            chunks(), chunks().map(RowChunk::keys), fingerprint().rows(), newSeed);
  }

  @Override
  public JavaRDD<float[]> values() {
    return inRange().map(KeyedRow::values);
  }

  @Override
  public void acquire() {
    parent.acquire();
  }

  @Override
  public void release() {
    parent.release();
  }

  private JavaRDD<KeyedRow> inRange() {
    return NumberedRows.range(parent.numbered(seed, shuffle), from, to);
  }

  private JavaRDD<RowChunk> chunks() {
    return inRange().map(row -> new RowChunk(row.values()));
  }
}
