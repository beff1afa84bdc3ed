package io.firesteel.internal.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Values to bytes, little-endian, and back, through a small buffer. */
public final class FloatBytes {

  private static final int CHUNK = 1 << 14;

  private FloatBytes() {}

  /** Writes floats; every bit is kept, those of NaNs too. */
  public static void write(OutputStream out, float[] values) throws IOException {
    ByteBuffer bytes = allocate(4 * Math.min(values.length, CHUNK));
    int from = 0;
    while (from < values.length) {
      int count = Math.min(CHUNK, values.length - from);
      bytes.asFloatBuffer().put(values, from, count);
      out.write(bytes.array(), 0, 4 * count);
      from += count;
    }
  }

  /** Writes the low bytes of an integer. */
  public static void write(OutputStream out, long value, int size) throws IOException {
    out.write(allocate(8).putLong(value).array(), 0, size);
  }

  /**
   * Reads floats at a position of a file.
   *
   * @throws EOFException if the file ends before
   */
  public static void read(FileChannel file, long position, ByteOrder order, float[] values)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * Math.min(values.length, CHUNK)).order(order);
    long next = position;
    int from = 0;
    while (from < values.length) {
      int count = Math.min(CHUNK, values.length - from);
      bytes.clear().limit(4 * count);
      while (bytes.hasRemaining()) {
        int read = file.read(bytes, next);
        if (read < 0) {
          throw new EOFException("The file ends at " + next);
        }

        next += read;
      }

      bytes.flip().asFloatBuffer().get(values, from, count);
      from += count;
    }
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
