package io.firesteel.checkpoint;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Values as little-endian bytes, streamed through a small buffer. */
final class LittleEndian {

  private static final int CHUNK = 1 << 14;

  private LittleEndian() {}

  /** Writes floats; every bit is kept, those of NaNs too. */
  static void write(OutputStream out, float[] values) throws IOException {
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
  static void write(OutputStream out, long value, int size) throws IOException {
    out.write(allocate(8).putLong(value).array(), 0, size);
  }

  private static ByteBuffer allocate(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
