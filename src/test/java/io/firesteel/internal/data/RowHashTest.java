package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

class RowHashTest {

  @Test
  void everyBitCounts() {
    float[] row = {0f, 1f, 0f};

    assertEquals(RowHash.of(row), RowHash.of(row.clone()));
    assertNotEquals(RowHash.of(row), RowHash.of(new float[] {0f, 1f, -0f}));
    assertNotEquals(RowHash.of(row), RowHash.of(new float[] {1f, 0f, 0f}));
    assertNotEquals(RowHash.of(row), RowHash.of(new float[] {0f, Math.nextUp(1f), 0f}));
    assertNotEquals(RowHash.of(new float[1]), RowHash.of(new float[2]));
  }

  @Test
  void contentIsComparedByBits() {
    assertEquals(0, RowHash.compareContent(new float[] {1, 2}, new float[] {1, 2}));
    assertTrue(RowHash.compareContent(new float[] {1, 2}, new float[] {1, 3}) < 0);
    assertTrue(RowHash.compareContent(new float[] {2, 2}, new float[] {1, 3}) > 0);
    assertTrue(RowHash.compareContent(new float[] {-0f}, new float[] {0f}) < 0);
  }

  @Test
  void seedsGiveUnrelatedOrders() {
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      rows.add(i);
    }

    List<Integer> one = ranked(rows, 1);
    List<Integer> two = ranked(rows, 2);
    int kept = 0;
    for (int i = 1; i < rows.size(); i++) {
      int before = two.indexOf(one.get(i - 1));
      kept += before + 1 < two.size() && two.get(before + 1).equals(one.get(i)) ? 1 : 0;
    }

    assertTrue(kept < 10, "neighbours kept: " + kept);
  }

  private static List<Integer> ranked(List<Integer> rows, long seed) {
    return rows.stream()
        .sorted(
            Comparator.comparing(
                i -> RowHash.rank(RowHash.of(new float[] {i}), seed), Long::compareUnsigned))
        .toList();
  }
}
