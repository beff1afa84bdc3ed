package io.firesteel.internal.data;

/** Where the rows of a shard go while it is built, one after the other. */
public interface RowSink extends AutoCloseable {

  /** Adds a row as {@link RowLayout} lays it out, which is copied. */
  void add(float[] row);

  /** Returns the rows that were added; none can be added after. */
  ShardRows finish();

  /** Frees what is held besides the finished rows. */
  @Override
  void close();
}
