package io.firesteel.spark.internal.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.RowHash;
import io.firesteel.spark.internal.rows.SortedKeys.SortKey;
import io.firesteel.spark.internal.rows.SparkRows.ChangedShardException;
import io.firesteel.testing.EqualHashes;
import io.firesteel.testing.LocalSpark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("spark")
@ExtendWith(LocalSpark.class)
class ContentOrderTest {

  private static final long SEED = 42;
  private static final long SEVERAL_RANGES = 5L << 20;

  private static List<float[]> rows() {
    List<float[]> rows = new ArrayList<>(List.of(EqualHashes.rows()));
    for (int i = 0; i < 60; i++) {
      rows.add(new float[] {i % 40, 0.5f});
    }

    return rows;
  }

  private static List<String> expected(List<float[]> rows) {
    Comparator<long[]> order =
        Comparator.<long[], Long>comparing(
                hashes -> RowHash.rank(hashes[0], SEED), Long::compareUnsigned)
            .thenComparing(hashes -> hashes[1], Long::compareUnsigned);
    return rows.stream()
        .sorted(Comparator.comparing(ContentOrderTest::hashes, order))
        .map(Arrays::toString)
        .toList();
  }

  private static long[] hashes(float[] row) {
    long[] hashes = new long[2];
    RowHash.both(row, hashes, 0);
    return hashes;
  }

  private static List<String> numbered(
      SparkSession spark, List<float[]> rows, int partitions, long size) {
    List<float[]> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(partitions));
    JavaRDD<RowChunk> chunks =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(shuffled, partitions)
            .map(RowChunk::new);
    List<KeyedRow> numbered =
        new ArrayList<>(
            ContentOrder.numbered(chunks, chunks.map(RowChunk::keys), size, SEED).collect());
    numbered.sort(Comparator.comparing(KeyedRow::key));
    for (int i = 0; i < numbered.size(); i++) {
      assertEquals(i, numbered.get(i).key());
    }

    return numbered.stream().map(row -> Arrays.toString(row.values())).toList();
  }

  @Test
  void partitionsHaveNoPartInTheOrder(SparkSession spark) {
    List<float[]> rows = rows();
    List<String> expected = expected(rows);

    assertEquals(expected, numbered(spark, rows, 1, rows.size()));
    assertEquals(expected, numbered(spark, rows, 3, rows.size()));
    assertEquals(expected, numbered(spark, rows, 80, rows.size()));
    assertEquals(expected, numbered(spark, rows, 4, SEVERAL_RANGES));
  }

  @Test
  void rowsOfTheSameHashAreToldApart() {
    float[][] rows = EqualHashes.rows();

    assertEquals(RowHash.of(rows[0]), RowHash.of(rows[1]));
    assertTrue(hashes(rows[0])[1] != hashes(rows[1])[1]);
  }

  @Test
  void aRowFindsItsPositionInWhateverOrderThePartitionComes() {
    List<float[]> rows = rows();
    for (int asBefore : new int[] {0, 1, rows.size() / 2, rows.size()}) {
      List<float[]> again = new ArrayList<>(rows);
      Collections.reverse(again.subList(asBefore, again.size()));
      PartitionOrder order = PartitionOrder.of(keys(rows), positions(rows.size()), SEED);
      Set<Long> found = new HashSet<>();
      List<float[]> byPosition = new ArrayList<>(Collections.nCopies(rows.size(), new float[0]));
      for (float[] row : again) {
        long position = order.position(keys(List.of(row)).next(), 0);
        found.add(position);
        byPosition.set((int) (position - 100), row);
      }

      assertEquals(rows.size(), found.size());
      assertEquals(expected(rows), byPosition.stream().map(Arrays::toString).toList());
    }
  }

  @Test
  void keysAreSortedByRankThenBySecondHashThenByPartition() {
    List<KeyedRow> keys = new ArrayList<>();
    Random random = new Random(1);
    for (int i = 0; i < 5000; i++) {
      long rank = i % 3 == 0 ? random.nextInt(50) - 25 : random.nextLong();
      long second = i % 2 == 0 ? random.nextInt(4) - 2 : random.nextLong();
      keys.add(new KeyedRow(rank, SortKey.values(second, random.nextInt(5))));
    }

    List<KeyedRow> expected = new ArrayList<>(keys);
    expected.sort(new KeyedRow.Order());
    List<KeyedRow> sorted = new ArrayList<>();
    SortedKeys.of(keys.iterator()).forEachRemaining(sorted::add);

    assertEquals(texts(expected), texts(sorted));
  }

  private static List<String> texts(List<KeyedRow> rows) {
    return rows.stream().map(row -> row.key() + " " + Arrays.toString(row.values())).toList();
  }

  @Test
  void otherRowsThanBeforeAreNoticed() {
    List<float[]> rows = rows();
    PartitionOrder order = PartitionOrder.of(keys(rows), positions(rows.size()), SEED);
    RowKeys other = keys(List.of(new float[] {-1, 0})).next();
    RowKeys first = keys(rows.subList(0, 1)).next();
    order.position(first, 0);

    String problem =
        assertThrows(ChangedShardException.class, () -> order.position(other, 0)).getMessage();
    assertTrue(
        problem.startsWith("A partition of the data set was rebuilt with other rows"), problem);
    assertThrows(ChangedShardException.class, () -> order.position(first, 0));
    assertThrows(
        ChangedShardException.class,
        () -> PartitionOrder.of(keys(rows), positions(rows.size() - 1), SEED));
    assertThrows(
        ChangedShardException.class,
        () -> PartitionOrder.of(keys(rows), positions(rows.size() + 1), SEED));
  }

  private static Iterator<RowKeys> keys(List<float[]> rows) {
    return List.of(new RowKeys(rows, new int[] {2}, "", null)).iterator();
  }

  private static Iterator<KeyedRow> positions(int count) {
    List<KeyedRow> positions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      positions.add(new KeyedRow(100 + i, new float[SortKey.LAYOUT.width()]));
    }

    return positions.iterator();
  }
}
