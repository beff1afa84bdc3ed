package io.firesteel.spark;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The values of several arrays as one sequence. It is cut into parts of nearly the same size, which
 * go to and fro as little-endian bytes.
 */
final class FlatFloats {

  private final List<float[]> arrays;
  private final long size;

  FlatFloats(List<float[]> arrays) {
    this.arrays = arrays;
    this.size = arrays.stream().mapToLong(array -> array.length).sum();
  }

  /** Returns the number of values. */
  long size() {
    return size;
  }

  /** Returns the number of bytes of one of several parts. */
  static int partBytes(long size, int part, int parts) {
    return Math.toIntExact(Float.BYTES * (start(size, part + 1, parts) - start(size, part, parts)));
  }

  /** Writes one part at the buffer's position. */
  void write(int part, int parts, ByteBuffer target) {
    copy(part, parts, target, FloatBuffer::put);
  }

  /** Reads one part from the buffer's position. */
  void read(int part, int parts, ByteBuffer source) {
    copy(part, parts, source, FloatBuffer::get);
  }

  private interface Bulk {
    FloatBuffer copy(FloatBuffer buffer, float[] array, int offset, int length);
  }

  private void copy(int part, int parts, ByteBuffer buffer, Bulk bulk) {
    long from = start(size, part, parts);
    long to = start(size, part + 1, parts);
    FloatBuffer floats = buffer.asFloatBuffer();
    long start = 0;
    for (float[] array : arrays) {
      int first = (int) Math.max(0, Math.min(array.length, from - start));
      int end = (int) Math.max(0, Math.min(array.length, to - start));
      if (first < end) {
        bulk.copy(floats, array, first, end - first);
      }

      start += array.length;
    }

    buffer.position(buffer.position() + Float.BYTES * floats.position());
  }

  private static long start(long size, int part, int parts) {
    return size / parts * part + size % parts * part / parts;
  }
}
