package io.firesteel.internal.data;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * The values of a shard's rows in a local file that is mapped into memory: row after row, each of
 * the same number of bytes, as little-endian float32. Nothing of them is in the heap.
 *
 * <p>The file is deleted as it is opened, so nothing is left behind however the process ends; the
 * mapping keeps the bytes, and their disk space is free when the rows are garbage or the process
 * has ended. Where files that are open can't be deleted (Windows), the file stays until the folder
 * is cleaned.
 */
public final class FileRows implements ShardRows {

  private static final int SEGMENT_BYTES = 1 << 30;

  private final ByteBuffer[] segments;
  private final FloatBuffer[] values;
  private final int rows;
  private final int width;
  private final int shift;

  private FileRows(FloatFile file, int rows, int width, int shift) {
    this.rows = rows;
    this.width = width;
    this.shift = shift;
    this.segments = file.map((long) width << shift);
    this.values = new FloatBuffer[segments.length];
    for (int i = 0; i < segments.length; i++) {
      values[i] = segments[i].asFloatBuffer();
    }
  }

  /**
   * Returns a sink that writes so many rows to a file that does not exist yet.
   *
   * @throws IllegalArgumentException if a row does not fit into a segment of a file
   * @throws IllegalStateException if the file's disk has not enough space
   */
  public static RowSink sink(Path path, int rows, int width) {
    return sink(path, rows, width, SEGMENT_BYTES);
  }

  /** Returns a sink whose file is mapped in segments of another size. */
  static RowSink sink(Path path, int rows, int width, int segmentBytes) {
    return new Sink(path, rows, width, segmentBytes);
  }

  /** Returns the rows that {@link #writeTo} wrote, in a file that does not exist yet. */
  public static FileRows read(InputStream in, Path path, int rows, int width) throws IOException {
    try (Sink sink = new Sink(path, rows, width, SEGMENT_BYTES)) {
      sink.file.copy(in, (long) rows * width);
      return sink.finish();
    }
  }

  /** Tells whether rows of that width can be in a file: a mapping has at most 2^31 - 1 bytes. */
  public static boolean fits(int width) {
    return stride(width) <= Integer.MAX_VALUE;
  }

  /** Returns the number of bytes of a row. */
  private static long stride(int width) {
    return (long) width * Float.BYTES;
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows;
  }

  /** Returns the number of values of a row. */
  public int width() {
    return width;
  }

  /** Returns the number of mapped segments. */
  int segments() {
    return segments.length;
  }

  @Override
  public void copy(int row, int first, int count, float[] target, int to) {
    int start = (row & ((1 << shift) - 1)) * width;
    values[row >>> shift].get(start + first, target, to, count);
  }

  /** Returns the bits of a value. */
  int bits(int row, int place) {
    int start = (row & ((1 << shift) - 1)) * width;
    return Float.floatToRawIntBits(values[row >>> shift].get(start + place));
  }

  /** Writes the bytes of all rows, without what tells their number. */
  public void writeTo(OutputStream out) throws IOException {
    write(segments, out);
  }

  static void write(ByteBuffer[] segments, OutputStream out) throws IOException {
    byte[] bytes = new byte[FloatFile.BUFFER_BYTES];
    for (ByteBuffer segment : segments) {
      ByteBuffer rest = segment.duplicate();
      while (rest.hasRemaining()) {
        int count = Math.min(rest.remaining(), bytes.length);
        rest.get(bytes, 0, count);
        out.write(bytes, 0, count);
      }
    }
  }

  /** Writes rows through one buffer and maps the file in the end. */
  private static final class Sink implements RowSink {
    private final int rows;
    private final int width;
    private final int shift;
    private final FloatFile file;

    private Sink(Path path, int rows, int width, int segmentBytes) {
      if (!fits(width)) {
        throw new IllegalArgumentException(
            "A row in a file has at most %d values. Received: %d"
                .formatted(Integer.MAX_VALUE / Float.BYTES, width));
      }

      DiskSpace.require(path, rows * stride(width));
      this.rows = rows;
      this.width = width;
      long fitting = Math.max(1, segmentBytes / stride(width));
      this.shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(fitting);
      this.file = new FloatFile(path);
    }

    @Override
    public void add(float[] row) {
      file.write(row, 0, width);
    }

    @Override
    public FileRows finish() {
      return new FileRows(file, rows, width, shift);
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
