package io.firesteel.data;

/** Where the rows of a shard go while it is built, one after the other. */
public interface RowSink extends AutoCloseable {

  /** Adds a row of {@link RowLayout#width} values, which is copied. */
  void add(float[] row);

  /** Returns the rows that were added; none can be added after. */
  ShardRows finish();

  /** Frees what is held besides the finished rows. */
  @Override
  void close();
}
