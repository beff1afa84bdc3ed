package io.firesteel.internal.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShardRangeTest {

  @Test
  void rangesAreContiguousAndDifferByOneAtMost() {
    for (int shards = 1; shards <= 40; shards++) {
      for (int workers = 1; workers <= shards; workers++) {
        int next = 0;
        for (int worker = 0; worker < workers; worker++) {
          ShardRange range = ShardRange.of(worker, workers, shards);
          int size = range.hi() - range.lo();

          assertEquals(next, range.lo());
          assertTrue(size == shards / workers || size == shards / workers + 1, range::toString);
          next = range.hi();
        }

        assertEquals(shards, next);
      }
    }
  }
}
