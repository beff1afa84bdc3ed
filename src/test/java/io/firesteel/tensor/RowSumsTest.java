package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.AllocatedBytes;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class RowSumsTest {

  private static final int ROWS = 5000;
  private static final int SIZE = 3;

  /** Adds the same random numbers to rows and to a whole tensor. */
  private static void fill(RandomStream random, int times, RowSums rows, float[] whole) {
    for (int n = 0; n < times; n++) {
      int row = random.nextInt(ROWS);
      int at = rows.row(row);
      for (int i = 0; i < SIZE; i++) {
        float value = n % 7 == 0 ? -0f : (float) random.nextGaussian();
        rows.values()[at + i] += value;
        whole[row * SIZE + i] += value;
      }
    }

    rows.finish();
  }

  private static void set(RowSums rows, int row, int place, float value) {
    int at = rows.row(row);
    rows.values()[at + place] = value;
  }

  @Test
  void sumsInATreeHaveTheBitsOfWholeTensors() {
    RandomStream random = RandomStream.of(3);
    RowSums[] rows = new RowSums[4];
    float[][] whole = new float[4][ROWS * SIZE];
    for (int round = 0; round < 3; round++) {
      for (int shard = 0; shard < 4; shard++) {
        rows[shard] = rows[shard] == null ? new RowSums(SIZE) : rows[shard];
        rows[shard].clear();
        Arrays.fill(whole[shard], 0);
        fill(random, 700 * shard, rows[shard], whole[shard]);
      }

      rows[0].add(rows[1]);
      rows[2].add(rows[3]);
      rows[0].add(rows[2]);
      add(whole[0], whole[1]);
      add(whole[2], whole[3]);
      add(whole[0], whole[2]);
      RowSparse summed = rows[0].toRowSparse(Shape.of(ROWS, SIZE));
      assertTrue(summed.isAscending());
      assertTrue(summed.rows().length > 1500, summed.rows().length + " rows");
      for (int i = 0; i < whole[0].length; i++) {
        assertEquals(
            Float.floatToRawIntBits(whole[0][i]),
            Float.floatToRawIntBits(summed.toDense().values()[i]));
      }
    }
  }

  private static void add(float[] sum, float[] other) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += other[i];
    }
  }

  @Test
  void aBatchHasTheBitsOfItsAddendsOneByOne() {
    RandomStream random = RandomStream.of(4);
    RowSums atOnce = new RowSums(2);
    for (int count : new int[] {0, 1, 7, 300, 5000, 20}) {
      float[] addends = new float[3 * count + 1];
      for (int i = 0; i < addends.length; i++) {
        addends[i] = i % 9 == 0 ? -0.0f : (float) random.nextGaussian();
      }

      RowSums oneByOne = new RowSums(2);
      int[] indices = atOnce.indices(count);
      for (int k = 0; k < count; k++) {
        indices[k] = (int) StrictMath.pow(random.nextDouble() * 5000, 1 + k % 2);
        int at = oneByOne.row(indices[k]);
        oneByOne.values()[at] += addends[1 + 3 * k];
        oneByOne.values()[at + 1] += addends[2 + 3 * k];
      }

      oneByOne.finish();
      atOnce.clear();
      atOnce.row(3);
      atOnce.sum(count, addends, 1, 3);

      Shape shape = Shape.of(25_000_001, 2);
      RowSparse expected = oneByOne.toRowSparse(shape);
      RowSparse actual = atOnce.toRowSparse(shape);
      assertArrayEquals(expected.rows(), actual.rows());
      for (int i = 0; i < 2 * atOnce.size(); i++) {
        assertEquals(
            Float.floatToRawIntBits(oneByOne.values()[i]),
            Float.floatToRawIntBits(atOnce.values()[i]));
      }
    }
  }

  @Test
  void rowsOfLargeIndicesComeInOrder() {
    RowSums rows = new RowSums(1);
    int[] indices = {Integer.MAX_VALUE - 1, 0, 1 << 22, 2047, 2048, (1 << 22) + 5};
    for (int index : indices) {
      set(rows, index, 0, index % 1000);
    }

    rows.finish();
    int[] sorted = indices.clone();
    Arrays.sort(sorted);
    assertArrayEquals(sorted, Arrays.copyOf(rows.rows(), rows.size()));
    for (int k = 0; k < sorted.length; k++) {
      assertEquals(sorted[k] % 1000, rows.values()[k]);
    }
  }

  @Test
  void rowsThatAreClearedBeginWithZeroAgain() {
    RowSums rows = new RowSums(2);
    set(rows, 5, 1, 3);
    rows.clear();
    assertEquals(0, rows.size());
    int at = rows.row(4);
    assertArrayEquals(new float[] {0, 0}, Arrays.copyOfRange(rows.values(), at, at + 2));
    assertEquals(at, rows.row(4));
    assertEquals(1, rows.size());
  }

  @Test
  void allocatesNothingOnceItHasGrown() {
    RowSums left = new RowSums(SIZE);
    RowSums right = new RowSums(SIZE);
    int[] next = {0};
    long bytes =
        AllocatedBytes.perCall(
            200,
            () -> {
              left.clear();
              right.clear();
              for (int i = 0; i < 300; i++) {
                left.row((i * 37 + next[0]) % ROWS);
                right.row((i * 91 + next[0]) % ROWS);
              }

              next[0]++;
              left.finish();
              right.finish();
              left.add(right);
            });
    assertTrue(bytes < 100, bytes + " bytes a step");
  }

  @Test
  void aRowHasAtLeastOneValue() {
    assertEquals(
        "A row needs at least one value. Received: rowSize=0",
        assertThrows(IllegalArgumentException.class, () -> new RowSums(0)).getMessage());
  }

  @Test
  void moreValuesThanAnArrayHoldsAreRefused() {
    RowSums rows = new RowSums(1 << 30);
    assertEquals(
        "The sums of 2 rows of 1073741824 values don't fit into one array",
        assertThrows(IllegalStateException.class, () -> rows.resize(2)).getMessage());
  }
}
