package io.firesteel.spark.internal.frames;

import io.firesteel.tensor.RowSums;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The values of several arrays as one sequence: floats, and the indices of rows, of 4 bytes each.
 * It is cut into parts, which go to and fro as little-endian bytes. Parts have nearly the same
 * size, but for those around the begin of an array that is larger than a part: there one begins
 * too, so that the array is complete without values of the one before it.
 */
final class FlatFloats {

  /*
   * Where Spark serializes a message, it does so into an array that doubles: one of little more than
   * a power of two bytes, headers included, would take twice the room.
   */
  private static final int BYTES_PER_PART = (256 << 10) - 4096;

  /** How many values are compared at once. */
  private static final int COMPARED = 2048;

  /** The most parts that a message has. */
  static final int MOST_PARTS = 256;

  /** The first values of an array. */
  record Section(float @Nullable [] floats, int @Nullable [] ints, int length) {

    static Section of(float[] array) {
      return new Section(array, null, array.length);
    }

    static Section indices(RowSums rows) {
      return new Section(null, rows.rows(), rows.size());
    }

    static Section values(RowSums rows) {
      return new Section(rows.values(), null, rows.size() * rows.rowSize());
    }

    void write(ByteBuffer target, int first, int count) {
      if (floats != null) {
        target.asFloatBuffer().put(floats, first, count);
      } else if (ints != null) {
        target.asIntBuffer().put(ints, first, count);
      }
    }

    void read(ByteBuffer source, int first, int count) {
      if (floats != null) {
        source.asFloatBuffer().get(floats, first, count);
      } else if (ints != null) {
        source.asIntBuffer().get(ints, first, count);
      }
    }
  }

  private final List<Section> sections;

  /** How many values there are before each array, and in the end all. */
  private final long[] begins;

  private final long size;

  private FlatFloats(List<Section> sections) {
    this.sections = sections;
    this.begins = new long[sections.size() + 1];
    for (int i = 0; i < sections.size(); i++) {
      begins[i + 1] = begins[i] + sections.get(i).length();
    }

    this.size = begins[sections.size()];
  }

  static FlatFloats ofArrays(List<float[]> arrays) {
    return new FlatFloats(arrays.stream().map(Section::of).toList());
  }

  static FlatFloats of(List<Section> sections) {
    return new FlatFloats(sections);
  }

  /** Returns the number of values. */
  long size() {
    return size;
  }

  /** Returns into how many parts that many bytes are cut. */
  static int parts(long bytes) {
    return (int) Math.max(1, Math.min(MOST_PARTS, -Math.floorDiv(-bytes, (long) BYTES_PER_PART)));
  }

  /** Returns the number of bytes of one of several parts. */
  int partBytes(int part, int parts) {
    return Math.toIntExact(Float.BYTES * (start(part + 1, parts) - start(part, parts)));
  }

  /** Returns the number of arrays that have values in each of several parts. */
  int[] sectionsOf(int parts) {
    int[] counts = new int[parts];
    for (int section = 0; section < sections.size(); section++) {
      forEachPart(section, parts, part -> counts[part]++);
    }

    return counts;
  }

  /** Returns the first of the arrays that have values in a part, and the one after the last. */
  int[] sectionsIn(int part, int parts) {
    long from = start(part, parts);
    long to = start(part + 1, parts);
    int first = 0;
    while (first < sections.size() && begins[first + 1] <= from) {
      first++;
    }

    int end = first;
    while (end < sections.size() && begins[end] < to) {
      end++;
    }

    return new int[] {first, end};
  }

  /** Goes through the parts that have values of an array. */
  void forEachPart(int section, int parts, IntConsumer action) {
    long begin = begins[section];
    long end = begins[section + 1];
    if (begin == end) {
      return;
    }

    // The part before this one ends at or before the array.
    int first = (int) Math.max(0, begin * parts / size - 1);
    for (int part = first; part < parts && start(part, parts) < end; part++) {
      if (start(part + 1, parts) > begin) {
        action.accept(part);
      }
    }
  }

  /** Writes one part at the buffer's position. */
  void write(int part, int parts, ByteBuffer target) {
    copy(part, parts, target, Section::write);
  }

  /** Reads one part from the buffer's position. */
  void read(int part, int parts, ByteBuffer source) {
    copy(part, parts, source, Section::read);
  }

  /** Tells whether a part from the buffer's position on has the bits of the arrays of floats. */
  boolean matches(int part, int parts, ByteBuffer source) {
    boolean[] differs = {false};
    float[] some = new float[COMPARED];
    copy(
        part,
        parts,
        source,
        (section, buffer, first, count) -> {
          FloatBuffer values = buffer.asFloatBuffer();
          for (int i = 0; i < count && !differs[0]; i += COMPARED) {
            int n = Math.min(COMPARED, count - i);
            values.get(some, 0, n);
            int from = first + i;
            differs[0] = Arrays.mismatch(some, 0, n, section.floats(), from, from + n) >= 0;
          }
        });
    return !differs[0];
  }

  private interface Bulk {
    void copy(Section section, ByteBuffer buffer, int first, int count);
  }

  private void copy(int part, int parts, ByteBuffer buffer, Bulk bulk) {
    long from = start(part, parts);
    long to = start(part + 1, parts);
    long start = 0;
    for (Section section : sections) {
      int first = (int) Math.max(0, Math.min(section.length(), from - start));
      int end = (int) Math.max(0, Math.min(section.length(), to - start));
      if (first < end) {
        bulk.copy(section, buffer, first, end - first);
        buffer.position(buffer.position() + Float.BYTES * (end - first));
      }

      start += section.length();
    }
  }

  /** Returns the index of the first value of one of several parts. */
  long start(int part, int parts) {
    if (part == 0 || part == parts) {
      return part == 0 ? 0 : size;
    }

    // Twice as large, where a half counts.
    long place = 2L * part * size;
    int section = firstFrom(Math.floorDiv(place - size + 2L * parts - 1, 2L * parts));
    for (; section < sections.size(); section++) {
      long begin = begins[section];
      if (2L * parts * begin >= place + size) {
        break;
      }

      if ((begins[section + 1] - begin) * parts >= size) {
        return begin;
      }
    }

    return size / parts * part + size % parts * part / parts;
  }

  /** Returns the first array that begins at a value or behind it. */
  private int firstFrom(long value) {
    int found = Arrays.binarySearch(begins, value);
    int section = found < 0 ? -found - 1 : found;
    while (section > 0 && begins[section - 1] == value) {
      section--;
    }

    return section;
  }
}
