package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.AllocatedBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows that end in sparse features, wherever they are held. */
class SparseShardRowsTest {

  private static final RowLayout LAYOUT = RowLayout.ofSparse(2, 10, 1).withWeights(1);
  private static final int ROWS = 57;

  /** Row i has i mod 11 entries at most; one in ten values is -0.0. */
  private static float[] row(int i) {
    return row(i, i % 11);
  }

  private static float[] row(int i, int most) {
    RandomStream random = RandomStream.of(i, 5);
    int[] indices = Arrays.stream(random.permutation(10)).limit(most).sorted().toArray();
    float[] row = new float[4 + 2 * indices.length];
    for (int k = 0; k < 4 + indices.length; k++) {
      row[k] = random.nextInt(10) == 0 ? -0f : i + random.nextFloat();
    }

    for (int k = 0; k < indices.length; k++) {
      row[4 + indices.length + k] = Float.intBitsToFloat(indices[k]);
    }

    return row;
  }

  private static ShardRows filled(RowSink sink) {
    try (sink) {
      for (int i = 0; i < ROWS; i++) {
        sink.add(row(i));
      }

      return sink.finish();
    }
  }

  private static void assertHolds(ShardRows rows, int... order) {
    SparseRows entries = new SparseRows(10);
    for (int at = 0; at < order.length; at++) {
      float[] expected = row(order[at]);
      float[] fixed = new float[5];
      rows.copy(order[at], 0, 4, fixed, 1);
      assertArrayEquals(Arrays.copyOf(expected, 4), Arrays.copyOfRange(fixed, 1, 5));
      rows.addEntries(order[at], entries);
      int first = entries.starts()[at];
      int count = entries.starts()[at + 1] - first;
      assertEquals((expected.length - 4) / 2, count);
      for (int k = 0; k < count; k++) {
        assertEquals(
            Float.floatToRawIntBits(expected[4 + k]),
            Float.floatToRawIntBits(entries.values()[first + k]));
        assertEquals(
            Float.floatToRawIntBits(expected[4 + count + k]), entries.indices()[first + k]);
      }
    }

    assertEquals(order.length, entries.rows());
  }

  private static int[] shuffled() {
    return RandomStream.of(8).permutation(ROWS);
  }

  @Test
  void heapBlocksHoldEntriesOrAllFeaturesWhicheverIsSmaller() {
    HeapSparseRows rows = (HeapSparseRows) filled(HeapSparseRows.sink(LAYOUT, 8 * 12));
    int whole = 0;
    for (int block = 0; block < rows.blocks(); block++) {
      whole += rows.isWhole(block) ? 1 : 0;
    }

    assertTrue(whole > 3 && whole < rows.blocks() - 3, whole + " of " + rows.blocks());
    assertHolds(rows, shuffled());
  }

  @Test
  void oneHeapBlockHoldsAll() {
    HeapSparseRows rows = (HeapSparseRows) filled(HeapRows.sink(ROWS, LAYOUT));
    assertEquals(1, rows.blocks());
    assertTrue(rows.isWhole(0), "half of the features are there");
    assertHolds(rows, shuffled());
  }

  @Test
  void filesHoldTheSameInSegmentsThatNoRowCrosses(@TempDir Path folder) throws IOException {
    for (int bits : new int[] {5, 6, 28}) {
      FileSparseRows rows = (FileSparseRows) filled(sink(folder, "a" + bits, bits));
      assertEquals(ROWS, rows.rows());
      assertEquals(4, rows.width());
      assertEquals(bits == 28, rows.segments() == 1, rows.segments() + " segments");
      assertHolds(rows, shuffled());
    }
  }

  private static RowSink sink(Path folder, String name, int segmentBits) {
    return FileSparseRows.sink(
        folder.resolve(name), folder.resolve(name + "-entries"), ROWS, LAYOUT, 4000, segmentBits);
  }

  @Test
  void filesTravelAsBytes(@TempDir Path folder) throws IOException {
    FileSparseRows rows = (FileSparseRows) filled(sink(folder, "a", 28));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    rows.writeTo(bytes);
    FileSparseRows copy = read(folder, "b", bytes.toByteArray(), rows.entryValues());

    assertHolds(copy, shuffled());
    byte[] cut = Arrays.copyOf(bytes.toByteArray(), bytes.size() - 4);
    assertThrows(EOFException.class, () -> read(folder, "c", cut, rows.entryValues()));
  }

  private static FileSparseRows read(Path folder, String name, byte[] bytes, long entryValues)
      throws IOException {
    return FileSparseRows.read(
        new ByteArrayInputStream(bytes),
        folder.resolve(name),
        folder.resolve(name + "-entries"),
        ROWS,
        4,
        entryValues);
  }

  @Test
  void aRowLargerThanASegmentIsRefused(@TempDir Path folder) {
    try (RowSink sink = sink(folder, "a", 4)) {
      assertEquals(
          "A row in a file has at most 8 entries. Received: 9",
          assertThrows(IllegalArgumentException.class, () -> sink.add(row(1, 9))).getMessage());
    }
  }

  @Test
  void batchesAreTheSameFromAllAndAllocateNothing(@TempDir Path folder) {
    ShardBlock heap = block(HeapSparseRows.sink(LAYOUT, 8 * 12));
    ShardBlock file = block(sink(folder, "a", 6));
    assertEquals(heap.hash(), file.hash());
    int[] order = shuffled();
    BatchBuffer one = new BatchBuffer();
    BatchBuffer other = new BatchBuffer();
    for (int[] range : List.of(new int[] {0, 20}, new int[] {20, 57}, new int[] {3, 4})) {
      Batch expected = heap.gather(order, range[0], range[1], one);
      Batch actual = file.gather(order, range[0], range[1], other);
      assertArrayEquals(expected.labels(), actual.labels());
      assertArrayEquals(expected.weights(), actual.weights());
      SparseRows sparse = actual.sparse();
      int count = range[1] - range[0];
      assertEquals(count, sparse.rows());
      assertArrayEquals(
          Arrays.copyOf(expected.sparse().starts(), count + 1),
          Arrays.copyOf(sparse.starts(), count + 1));
      int entries = sparse.starts()[count];
      assertArrayEquals(
          Arrays.copyOf(expected.sparse().values(), entries),
          Arrays.copyOf(sparse.values(), entries));
      assertArrayEquals(
          Arrays.copyOf(expected.sparse().indices(), entries),
          Arrays.copyOf(sparse.indices(), entries));
    }

    long bytes = AllocatedBytes.perCall(500, () -> heap.gather(order, 0, 57, one));
    assertTrue(bytes < 200, bytes + " bytes a batch");
  }

  private static ShardBlock block(RowSink sink) {
    try (ShardBlock.Builder builder = ShardBlock.builder(0, ROWS, LAYOUT, sink)) {
      for (int i = 0; i < ROWS; i++) {
        builder.add(row(i));
      }

      return builder.build();
    }
  }

  @Test
  void rowsOfDifferentLengthsHaveAnOrder() {
    float[] shorter = {1, 2};
    float[] longer = {1, 2, 0};
    assertTrue(RowHash.compareContent(shorter, longer) < 0);
    assertTrue(RowHash.compareContent(longer, shorter) > 0);
    assertEquals(0, RowHash.compareContent(longer, longer.clone()));
  }
}
