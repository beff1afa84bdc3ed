package io.firesteel.internal.data;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The values of a shard's rows that end in sparse features, in the heap, in blocks of at most 64 MB
 * of entries. A block holds the indices and values of its entries, or, where that takes fewer
 * bytes, all sparse features of its rows. A row with more entries is a block of its own.
 */
public final class HeapSparseRows implements ShardRows, Serializable {

  private static final long serialVersionUID = 1L;
  private static final int[] WHOLE = new int[0];

  /* Of each block: its first row, what all rows have, where entries begin, their parts. */
  private final int[] firstRows;
  private final float[][] fixed;
  private final int[][] starts;
  private final int[][] indices;
  private final float[][] values;
  private final int width;
  private final int sparseWidth;

  private HeapSparseRows(Sink sink) {
    this.firstRows = sink.firstRows.stream().mapToInt(Integer::intValue).toArray();
    this.fixed = sink.fixedBlocks.toArray(new float[0][]);
    this.starts = sink.startBlocks.toArray(new int[0][]);
    this.indices = sink.indexBlocks.toArray(new int[0][]);
    this.values = sink.valueBlocks.toArray(new float[0][]);
    this.width = sink.layout.width();
    this.sparseWidth = sink.layout.sparseWidth();
  }

  /** Returns a sink that keeps rows in blocks of so many bytes of entries. */
  static RowSink sink(RowLayout layout, int blockBytes) {
    return new Sink(layout, blockBytes);
  }

  /** Returns the number of blocks. */
  int blocks() {
    return fixed.length;
  }

  /** Tells whether a block holds all sparse features instead of entries. */
  boolean isWhole(int block) {
    return starts[block].length == 0;
  }

  @Override
  public void copy(int row, int first, int count, float[] target, int to) {
    int block = block(row);
    int start = (row - firstRows[block]) * width;
    System.arraycopy(fixed[block], start + first, target, to, count);
  }

  @Override
  public void addEntries(int row, SparseRows target) {
    int block = block(row);
    int inBlock = row - firstRows[block];
    if (isWhole(block)) {
      addWhole(values[block], inBlock * sparseWidth, target);
      return;
    }

    int start = starts[block][inBlock];
    int count = starts[block][inBlock + 1] - start;
    int to = target.addRow(count);
    System.arraycopy(indices[block], start, target.indices(), to, count);
    System.arraycopy(values[block], start, target.values(), to, count);
  }

  private void addWhole(float[] features, int start, SparseRows target) {
    int count = 0;
    for (int i = 0; i < sparseWidth; i++) {
      count += Float.floatToRawIntBits(features[start + i]) == 0 ? 0 : 1;
    }

    int to = target.addRow(count);
    for (int i = 0; i < sparseWidth; i++) {
      if (Float.floatToRawIntBits(features[start + i]) != 0) {
        target.indices()[to] = i;
        target.values()[to++] = features[start + i];
      }
    }
  }

  private int block(int row) {
    int known = Arrays.binarySearch(firstRows, row);
    return known >= 0 ? known : -known - 2;
  }

  /** Fills one block after the other. */
  private static final class Sink implements RowSink {
    private final RowLayout layout;
    private final int mostEntries;
    private final List<Integer> firstRows = new ArrayList<>();
    private final List<float[]> fixedBlocks = new ArrayList<>();
    private final List<int[]> startBlocks = new ArrayList<>();
    private final List<int[]> indexBlocks = new ArrayList<>();
    private final List<float[]> valueBlocks = new ArrayList<>();
    private float[] fixed = new float[0];
    private SparseRows block;
    private int added;

    private Sink(RowLayout layout, int blockBytes) {
      this.layout = layout;
      this.mostEntries = blockBytes / (Integer.BYTES + Float.BYTES);
      this.block = new SparseRows(layout.sparseWidth());
    }

    @Override
    public void add(float[] row) {
      int width = layout.width();
      int entries = layout.entries(row);
      int at = block.rows() * width;
      if (block.rows() > 0
          && (block.starts()[block.rows()] + entries > mostEntries || at > mostEntries)) {
        endBlock();
        at = 0;
      }

      if (fixed.length < at + width) {
        fixed = Arrays.copyOf(fixed, 2 * (at + width));
      }

      System.arraycopy(row, 0, fixed, at, width);
      block.addRow(row, width, entries);
      added++;
    }

    private void endBlock() {
      int rows = block.rows();
      int entries = block.starts()[rows];
      firstRows.add(added - rows);
      fixedBlocks.add(Arrays.copyOf(fixed, rows * layout.width()));
      if ((long) rows * layout.sparseWidth() <= 2L * entries + rows + 1) {
        startBlocks.add(WHOLE);
        indexBlocks.add(WHOLE);
        valueBlocks.add(whole(rows));
      } else {
        startBlocks.add(Arrays.copyOf(block.starts(), rows + 1));
        indexBlocks.add(Arrays.copyOf(block.indices(), entries));
        valueBlocks.add(Arrays.copyOf(block.values(), entries));
      }

      block = new SparseRows(layout.sparseWidth());
      fixed = new float[0];
    }

    private float[] whole(int rows) {
      float[] features = new float[rows * layout.sparseWidth()];
      for (int row = 0; row < rows; row++) {
        for (int k = block.starts()[row]; k < block.starts()[row + 1]; k++) {
          features[row * layout.sparseWidth() + block.indices()[k]] = block.values()[k];
        }
      }

      return features;
    }

    @Override
    public ShardRows finish() {
      if (block.rows() > 0) {
        endBlock();
      }

      return new HeapSparseRows(this);
    }

    @Override
    public void close() {}
  }
}
