package io.firesteel.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
  private static final int BUFFER_BYTES = 1 << 18;

  private final ByteBuffer[] segments;
  private final FloatBuffer[] values;
  private final int rows;
  private final int width;
  private final int shift;

  private FileRows(FileChannel file, int rows, int width, int shift) throws IOException {
    this.rows = rows;
    this.width = width;
    this.shift = shift;
    this.segments = new ByteBuffer[(int) ((rows + (1L << shift) - 1) >>> shift)];
    this.values = new FloatBuffer[segments.length];
    long stride = stride(width);
    for (int i = 0; i < segments.length; i++) {
      long first = (long) i << shift;
      long count = Math.min(rows - first, 1L << shift);
      segments[i] = file.map(FileChannel.MapMode.READ_ONLY, first * stride, count * stride);
      values[i] = segments[i].order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
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
      sink.copy(in);
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

  /** Writes the bytes of all rows, without what tells their number. */
  public void writeTo(OutputStream out) throws IOException {
    byte[] bytes = new byte[BUFFER_BYTES];
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
    private final Path path;
    private final int rows;
    private final int width;
    private final int shift;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private @Nullable FileChannel file;

    private Sink(Path path, int rows, int width, int segmentBytes) {
      if (!fits(width)) {
        throw new IllegalArgumentException(
            "A row in a file has at most %d values. Received: %d"
                .formatted(Integer.MAX_VALUE / Float.BYTES, width));
      }

      DiskSpace.require(path, rows * stride(width));
      this.path = path;
      this.rows = rows;
      this.width = width;
      long fitting = Math.max(1, segmentBytes / stride(width));
      this.shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(fitting);
      buffer.order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void add(float[] row) {
      try {
        for (int first = 0; first < width; ) {
          if (buffer.remaining() < Float.BYTES) {
            flush();
          }

          int count = Math.min(width - first, buffer.remaining() / Float.BYTES);
          buffer.asFloatBuffer().put(row, first, count);
          buffer.position(buffer.position() + count * Float.BYTES);
          first += count;
        }
      } catch (IOException e) {
        throw failed(e);
      }
    }

    @Override
    public FileRows finish() {
      try {
        flush();
        return new FileRows(file(), rows, width, shift);
      } catch (IOException e) {
        throw failed(e);
      }
    }

    @Override
    public void close() {
      try {
        if (file != null) {
          file.close();
        }
      } catch (IOException e) {
        throw failed(e);
      }
    }

    private void copy(InputStream in) throws IOException {
      byte[] bytes = new byte[BUFFER_BYTES];
      for (long left = rows * stride(width); left > 0; ) {
        int count = in.readNBytes(bytes, 0, (int) Math.min(left, bytes.length));
        if (count == 0) {
          throw new EOFException("%d bytes of %s are missing".formatted(left, path));
        }

        flush();
        buffer.put(bytes, 0, count);
        left -= count;
      }
    }

    private void flush() throws IOException {
      buffer.flip();
      while (buffer.hasRemaining()) {
        file().write(buffer);
      }

      buffer.clear();
    }

    private FileChannel file() throws IOException {
      if (file == null) {
        file =
            FileChannel.open(
                path,
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE);
      }

      return Objects.requireNonNull(file);
    }

    private UncheckedIOException failed(IOException cause) {
      return new UncheckedIOException("Could not write the rows of a shard to " + path, cause);
    }
  }
}
