package io.firesteel.internal.data;

import java.io.Serializable;

/**
 * The values of a shard's rows in the heap, in blocks of at most 64 MB that hold whole rows, so
 * that no shard needs one large array. A row that is wider is a block of its own.
 */
public final class HeapRows implements ShardRows, Serializable {

  private static final long serialVersionUID = 1L;
  private static final int BLOCK_BYTES = 1 << 26;

  private final float[][] blocks;
  private final int width;
  private final int shift;

  private HeapRows(float[][] blocks, int width, int shift) {
    this.blocks = blocks;
    this.width = width;
    this.shift = shift;
  }

  /** Returns a sink that keeps so many rows in the heap. */
  public static RowSink sink(int rows, RowLayout layout) {
    return layout.isSparse()
        ? HeapSparseRows.sink(layout, BLOCK_BYTES)
        : sink(rows, layout.width(), BLOCK_BYTES);
  }

  /** Returns a sink with blocks of another size, a power of two of rows each. */
  static RowSink sink(int rows, int width, int blockBytes) {
    long fitting = Math.max(1, blockBytes / ((long) width * Float.BYTES));
    return new Sink(rows, width, Long.SIZE - 1 - Long.numberOfLeadingZeros(fitting));
  }

  /** Returns the number of blocks. */
  int blocks() {
    return blocks.length;
  }

  @Override
  public void copy(int row, int first, int count, float[] target, int to) {
    int start = (row & ((1 << shift) - 1)) * width;
    System.arraycopy(blocks[row >>> shift], start + first, target, to, count);
  }

  /** Fills one block after the other; a block is allocated when its first row comes. */
  private static final class Sink implements RowSink {
    private final int rows;
    private final int width;
    private final int shift;
    private final float[][] blocks;
    private int added;

    private Sink(int rows, int width, int shift) {
      this.rows = rows;
      this.width = width;
      this.shift = shift;
      this.blocks = new float[(int) ((rows + (1L << shift) - 1) >>> shift)][];
    }

    @Override
    public void add(float[] row) {
      int block = added >>> shift;
      int inBlock = added & ((1 << shift) - 1);
      if (inBlock == 0) {
        blocks[block] = new float[Math.min(rows - added, 1 << shift) * width];
      }

      System.arraycopy(row, 0, blocks[block], inBlock * width, width);
      added++;
    }

    @Override
    public ShardRows finish() {
      return new HeapRows(blocks, width, shift);
    }

    @Override
    public void close() {}
  }
}
