package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileRowsTest {

  private static final RowLayout LAYOUT = RowLayout.of(1, 1).withWeights(1);
  private static final int WIDTH = 3;

  @TempDir Path folder;

  private static float[] row(int row) {
    return new float[] {row, 100 + row, -0.5f * row};
  }

  private static FileRows finish(RowSink sink, int rows) {
    for (int row = 0; row < rows; row++) {
      sink.add(row(row));
    }

    FileRows finished = (FileRows) sink.finish();
    sink.close();
    return finished;
  }

  @ParameterizedTest
  @CsvSource({"0, 12, 0", "1, 12, 1", "7, 1, 7", "7, 24, 4", "7, 36, 4", "9, 48, 3", "7, 999, 1"})
  void segmentsHoldWholeRows(int count, int segmentBytes, int segments) {
    FileRows rows =
        finish(FileRows.sink(folder.resolve("rows"), count, WIDTH, segmentBytes), count);

    assertEquals(segments, rows.segments());
    assertEquals(count, rows.rows());
    assertEquals(WIDTH, rows.width());
    for (int row = 0; row < count; row++) {
      float[] copy = {-1, -1, -1, -1, -1};
      rows.copy(row, 0, WIDTH, copy, 1);
      assertArrayEquals(new float[] {-1, row, 100 + row, -0.5f * row, -1}, copy);
    }
  }

  @Test
  void rowsMayBeWiderThanTheBufferTheyAreWrittenThrough() {
    int width = 200_000;
    float[] wide = new float[width];
    for (int i = 0; i < width; i++) {
      wide[i] = i;
    }

    try (RowSink sink = FileRows.sink(folder.resolve("wide"), 2, width)) {
      sink.add(wide);
      sink.add(wide);
      float[] copy = new float[width];
      sink.finish().copy(1, 0, width, copy, 0);
      assertArrayEquals(wide, copy);
    }
  }

  @ParameterizedTest
  @CsvSource({"1", "24", "1000"})
  void aShardDoesNotShowWhereItsRowsAre(int segmentBytes) {
    ShardBlock.Builder heap = ShardBlock.builder(1, 7, LAYOUT);
    RowSink sink = FileRows.sink(folder.resolve("shard"), 7, WIDTH, segmentBytes);
    try (ShardBlock.Builder file = ShardBlock.builder(1, 7, LAYOUT, sink)) {
      for (int row = 0; row < 7; row++) {
        heap.add(row(row));
        file.add(row(row));
      }

      ShardBlock expected = heap.build();
      ShardBlock shard = file.build();
      assertEquals(expected.hash(), shard.hash());
      assertEquals(expected.contentHash(), shard.contentHash());
      assertArrayEquals(expected.labels(2, 6), shard.labels(2, 6));
      Batch slice = expected.slice(1, 6, new BatchBuffer());
      assertArrayEquals(slice.features(), shard.slice(1, 6, new BatchBuffer()).features());
      BatchPlan plan = new BatchPlan(14, 5, 2, 9, true);
      for (int batch = 0; batch < plan.batches(); batch++) {
        Batch wanted = expected.batch(plan, 3, batch, new BatchBuffer());
        Batch received = shard.batch(plan, 3, batch, new BatchBuffer());
        assertArrayEquals(wanted.features(), received.features());
        assertArrayEquals(wanted.labels(), received.labels());
        assertArrayEquals(wanted.weights(), received.weights());
      }
    }
  }

  @Test
  void theBytesAreMappedAndNothingIsLeftInTheFolder() {
    long before = mapped();
    FileRows rows = finish(FileRows.sink(folder.resolve("rows"), 7, WIDTH), 7);

    assertEquals(7 * WIDTH * Float.BYTES, mapped() - before);
    assertFalse(Files.exists(folder.resolve("rows")));
    assertEquals(7, rows.rows());
  }

  @Test
  void theBytesTravel() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    finish(FileRows.sink(folder.resolve("rows"), 7, WIDTH, 24), 7).writeTo(bytes);
    FileRows copy =
        FileRows.read(
            new ByteArrayInputStream(bytes.toByteArray()), folder.resolve("copy"), 7, WIDTH);

    assertEquals(7 * WIDTH * Float.BYTES, bytes.size());
    for (int row = 0; row < 7; row++) {
      float[] values = new float[WIDTH];
      copy.copy(row, 0, WIDTH, values, 0);
      assertArrayEquals(row(row), values);
    }
  }

  @Test
  void missingBytesAreAnError() {
    Path path = folder.resolve("copy");

    assertEquals(
        "12 bytes of %s are missing".formatted(path),
        assertThrows(
                EOFException.class,
                () -> FileRows.read(new ByteArrayInputStream(new byte[12]), path, 2, WIDTH))
            .getMessage());
    assertFalse(Files.exists(path));
  }

  @Test
  void aFileThatCannotBeWrittenIsNamed() {
    Path path = folder.resolve("there");

    UncheckedIOException failure =
        assertThrows(
            UncheckedIOException.class,
            () -> {
              Files.createFile(path);
              finish(FileRows.sink(path, 1, WIDTH), 1);
            });
    assertEquals("Could not write the rows of a shard to " + path, failure.getMessage());
  }

  @Test
  void refusesWhatTheDiskCannotHold() {
    String message =
        assertThrows(
                IllegalStateException.class,
                () -> FileRows.sink(folder.resolve("huge"), Integer.MAX_VALUE, 1 << 28))
            .getMessage();

    assertTrue(message.startsWith("A shard needs 2305843008139952128 bytes in " + folder), message);
    assertTrue(message.contains(" free. Give spark.local.dir more space, "), message);
  }

  @Test
  void refusesRowsThatAreWiderThanAMapping() {
    assertTrue(FileRows.fits(536_870_911));
    assertFalse(FileRows.fits(536_870_912));
    assertEquals(
        "A row in a file has at most 536870911 values. Received: 536870912",
        assertThrows(
                IllegalArgumentException.class,
                () -> FileRows.sink(folder.resolve("wide"), 1, 536_870_912))
            .getMessage());
  }

  private static long mapped() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("mapped"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
