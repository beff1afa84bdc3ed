package io.firesteel.spark.internal.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Cuts of random arrays into any number of parts. */
class FlatFloatsTest {

  private final Random random = new Random(3);

  private List<float[]> arrays() {
    List<float[]> arrays = new ArrayList<>();
    int most = 1 + random.nextInt(200);
    for (int left = random.nextInt(12); left > 0; left--) {
      float[] array = new float[random.nextInt(3) == 0 ? 0 : random.nextInt(most)];
      for (int i = 0; i < array.length; i++) {
        array[i] = random.nextFloat();
      }

      arrays.add(array);
    }

    return arrays;
  }

  private static ByteBuffer buffer(FlatFloats flat, int part, int parts) {
    return ByteBuffer.allocate(flat.partBytes(part, parts)).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void partsHaveAllValuesOnceAndKnowTheirArrays() {
    for (int round = 0; round < 3000; round++) {
      List<float[]> arrays = arrays();
      FlatFloats flat = FlatFloats.ofArrays(arrays);
      int parts = 1 + random.nextInt(30);
      List<float[]> copies = arrays.stream().map(array -> new float[array.length]).toList();
      FlatFloats copy = FlatFloats.ofArrays(copies);
      int[] counts = new int[parts];
      List<TreeSet<Integer>> partsOf = new ArrayList<>();
      for (int section = 0; section < arrays.size(); section++) {
        TreeSet<Integer> found = new TreeSet<>();
        flat.forEachPart(section, parts, part -> assertTrue(found.add(part)));
        found.forEach(part -> counts[part]++);
        partsOf.add(found);
      }

      assertArrayEquals(counts, flat.sectionsOf(parts));
      for (int part = 0; part < parts; part++) {
        ByteBuffer bytes = buffer(flat, part, parts);
        flat.write(part, parts, bytes);
        assertFalse(bytes.hasRemaining());
        copy.read(part, parts, bytes.flip());
        assertTrue(flat.matches(part, parts, bytes.flip()));
        int[] range = flat.sectionsIn(part, parts);
        for (int section = 0; section < arrays.size(); section++) {
          boolean isIn = section >= range[0] && section < range[1];
          assertEquals(partsOf.get(section).contains(part), isIn && arrays.get(section).length > 0);
        }
      }

      for (int section = 0; section < arrays.size(); section++) {
        assertArrayEquals(arrays.get(section), copies.get(section));
      }
    }
  }

  @Test
  void anArrayLargerThanAPartBeginsOne() {
    for (int round = 0; round < 3000; round++) {
      List<float[]> arrays = arrays();
      FlatFloats flat = FlatFloats.ofArrays(arrays);
      int parts = 1 + random.nextInt(30);
      long[] starts =
          IntStream.rangeClosed(0, parts).mapToLong(k -> flat.start(k, parts)).toArray();
      long begin = 0;
      for (float[] array : arrays) {
        // The first part begins with the first array; near it and the end are no other begins.
        long place = 2 * parts * begin;
        boolean isInside = place >= flat.size() && place < (2L * parts - 1) * flat.size();
        if (isInside && (long) array.length * parts >= flat.size()) {
          long at = begin;
          assertTrue(LongStream.of(starts).anyMatch(start -> start == at), "an array at " + at);
        }

        begin += array.length;
      }

      for (int part = 0; part < parts; part++) {
        long size = starts[part + 1] - starts[part];
        assertTrue(size >= 0 && size <= 2 * (flat.size() / parts + 1), "a part of " + size);
      }
    }
  }

  /** Bits are compared: two zeros differ by their signs. */
  @Test
  void valuesMatchByTheirBits() {
    float[] values = new float[5000];
    FlatFloats flat = FlatFloats.ofArrays(List.of(values));
    ByteBuffer bytes = buffer(flat, 0, 1);
    flat.write(0, 1, bytes);
    assertTrue(flat.matches(0, 1, bytes.flip()));
    values[4999] = -0.0f;
    assertFalse(flat.matches(0, 1, bytes.flip()));
    values[4999] = Float.NaN;
    assertFalse(flat.matches(0, 1, bytes.flip()));
    flat.write(0, 1, bytes.clear());
    assertTrue(flat.matches(0, 1, bytes.flip()));
  }
}
