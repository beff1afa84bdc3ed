package io.firesteel.internal.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Path;

/**
 * The values of a shard's rows that end in sparse features, in two local files that are mapped into
 * memory. One is {@link FileRows}: what all rows have, and behind it where the row's entries begin
 * in the other file, and their number. The other holds entries, of each row the values and then the
 * indices. Nothing of them is in the heap.
 */
public final class FileSparseRows implements ShardRows {

  /*
   * A place in the second file takes two digits of 30 bits, which as the bits of floats are never
   * those of a NaN.
   */
  private static final int POINTER = 3;
  private static final int DIGIT_BITS = 30;
  private static final long DIGIT = (1L << DIGIT_BITS) - 1;
  private static final int SEGMENT_BITS = 28;

  private final FileRows fixed;
  private final ByteBuffer[] segments;
  private final FloatBuffer[] values;
  private final IntBuffer[] bits;
  private final int segmentBits;
  private final long entryValues;

  private FileSparseRows(FileRows fixed, FloatFile entries, int segmentBits) {
    this.fixed = fixed;
    this.segmentBits = segmentBits;
    this.entryValues = entries.size();
    this.segments = entries.map(1L << segmentBits);
    this.values = new FloatBuffer[segments.length];
    this.bits = new IntBuffer[segments.length];
    for (int i = 0; i < segments.length; i++) {
      values[i] = segments[i].asFloatBuffer();
      bits[i] = segments[i].asIntBuffer();
    }
  }

  /**
   * Returns a sink that writes so many rows to two files that do not exist yet.
   *
   * @param entryBytes about how many bytes all entries will have
   * @throws IllegalStateException if the files' disk has not enough space
   */
  public static RowSink sink(
      Path fixed, Path entries, int rows, RowLayout layout, long entryBytes) {
    return sink(fixed, entries, rows, layout, entryBytes, SEGMENT_BITS);
  }

  /** Returns a sink whose file of entries is mapped in segments of another size. */
  static RowSink sink(
      Path fixed, Path entries, int rows, RowLayout layout, long entryBytes, int segmentBits) {
    DiskSpace.require(entries, entryBytes);
    RowSink pointers = FileRows.sink(fixed, rows, layout.width() + POINTER);
    return new Sink(pointers, new FloatFile(entries), layout, segmentBits);
  }

  /** Returns the rows that {@link #writeTo} wrote, in files that do not exist yet. */
  public static FileSparseRows read(
      InputStream in, Path fixed, Path entries, int rows, int width, long entryValues)
      throws IOException {
    FileRows pointers = FileRows.read(in, fixed, rows, width + POINTER);
    try (FloatFile file = new FloatFile(entries)) {
      file.copy(in, entryValues);
      return new FileSparseRows(pointers, file, SEGMENT_BITS);
    }
  }

  /** Returns the number of rows. */
  public int rows() {
    return fixed.rows();
  }

  /** Returns the number of values that all rows have. */
  public int width() {
    return fixed.width() - POINTER;
  }

  /** Returns the number of values in the file of entries. */
  public long entryValues() {
    return entryValues;
  }

  /** Returns the number of mapped segments of entries. */
  int segments() {
    return segments.length;
  }

  @Override
  public void copy(int row, int first, int count, float[] target, int to) {
    fixed.copy(row, first, count, target, to);
  }

  @Override
  public void addEntries(int row, SparseRows target) {
    int pointer = width();
    long start = (long) fixed.bits(row, pointer) << DIGIT_BITS | fixed.bits(row, pointer + 1);
    int count = fixed.bits(row, pointer + 2);
    int to = target.addRow(count);
    if (count > 0) {
      int segment = (int) (start >>> segmentBits);
      int from = (int) (start & ((1L << segmentBits) - 1));
      values[segment].get(from, target.values(), to, count);
      bits[segment].get(from + count, target.indices(), to, count);
    }
  }

  /** Writes the bytes of all rows, without what tells their number. */
  public void writeTo(OutputStream out) throws IOException {
    fixed.writeTo(out);
    FileRows.write(segments, out);
  }

  /** Writes rows to both files and maps them in the end. */
  private static final class Sink implements RowSink {
    private final RowSink pointers;
    private final FloatFile entries;
    private final RowLayout layout;
    private final int segmentBits;
    private final float[] fixed;

    private Sink(RowSink pointers, FloatFile entries, RowLayout layout, int segmentBits) {
      this.pointers = pointers;
      this.entries = entries;
      this.layout = layout;
      this.segmentBits = segmentBits;
      this.fixed = new float[layout.width() + POINTER];
    }

    @Override
    public void add(float[] row) {
      int width = layout.width();
      int count = layout.entries(row);
      requireFits(count);
      long left = (1L << segmentBits) - (entries.size() & ((1L << segmentBits) - 1));
      if (left < 2L * count) {
        entries.pad(entries.size() + left);
      }

      System.arraycopy(row, 0, fixed, 0, width);
      fixed[width] = Float.intBitsToFloat((int) (entries.size() >>> DIGIT_BITS));
      fixed[width + 1] = Float.intBitsToFloat((int) (entries.size() & DIGIT));
      fixed[width + 2] = Float.intBitsToFloat(count);
      pointers.add(fixed);
      entries.write(row, width, 2 * count);
    }

    private void requireFits(int count) {
      if (2L * count > 1L << segmentBits) {
        throw new IllegalArgumentException(
            "A row in a file has at most %d entries. Received: %d"
                .formatted(1L << (segmentBits - 1), count));
      }
    }

    @Override
    public FileSparseRows finish() {
      return new FileSparseRows((FileRows) pointers.finish(), entries, segmentBits);
    }

    @Override
    public void close() {
      pointers.close();
      entries.close();
    }
  }
}
