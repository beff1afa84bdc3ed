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
   * @param size how many bytes a value has there: 4, or 2 for float16
   * @throws EOFException if the file ends before
   */
  static void read(FileChannel file, long position, ByteOrder order, int size, float[] values)
      throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size * Math.min(values.length, CHUNK)).order(order);
    long next = position;
    int from = 0;
    while (from < values.length) {
      int count = Math.min(CHUNK, values.length - from);
      bytes.clear().limit(size * count);
      while (bytes.hasRemaining()) {
        int read = file.read(bytes, next);
        if (read < 0) {
          throw new EOFException("The file ends at " + next);
        }

        next += read;
      }

      read(bytes.flip(), size, values, from, count);
      from += count;
    }
  }

  /** Reads all floats from bytes of 4 or 2 each. */
  static void read(ByteBuffer bytes, int size, float[] values) {
    read(bytes, size, values, 0, values.length);
  }

  private static void read(ByteBuffer bytes, int size, float[] values, int from, int count) {
    if (size == Float.BYTES) {
      bytes.asFloatBuffer().get(values, from, count);
      return;
    }

    for (int i = 0; i < count; i++) {
      values[from + i] = single(bytes.getShort());
    }
  }

  /** Returns the value of a float16, which every float32 can hold; NaNs keep their bits. */
  private static float single(short half) {
    int sign = (half & 0x8000) << 16;
    int exponent = half >> 10 & 0x1F;
    int mantissa = half & 0x3FF;
    if (exponent == 0) {
      return Float.intBitsToFloat(sign | Float.floatToRawIntBits(mantissa * 0x1p-24f));
    }

    int wide = exponent == 0x1F ? 0xFF : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | wide << 23 | mantissa << 13);
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
