package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkSharesTest {

  private static List<Integer> taken(ChunkShares shares, int own, int most) {
    List<Integer> chunks = new ArrayList<>();
    for (int i = 0; i < most; i++) {
      chunks.add(shares.take(own));
    }

    return chunks;
  }

  @Test
  void aShareIsNeighboursInTheirOrderAndTheSameInEveryRound() {
    ChunkShares shares = new ChunkShares(3);
    for (int round = 0; round < 2; round++) {
      shares.open(10);
      assertEquals(10, shares.count());
      assertEquals(List.of(6, 7, 8, 9), taken(shares, 2, 4));
      assertEquals(List.of(0, 1, 2), taken(shares, 0, 3));
      assertEquals(List.of(3, 4, 5), taken(shares, 1, 3));
      assertEquals(-1, shares.take(1));
    }
  }

  @Test
  void aThreadThatHasDoneItsShareTakesFromTheOthers() {
    ChunkShares shares = new ChunkShares(3);
    shares.open(7);
    assertEquals(0, shares.take(0));
    assertEquals(List.of(2, 3, 4, 5, 6, 1, -1), taken(shares, 1, 7));
  }

  @Test
  void fewerChunksThanThreadsAreTheSharesOfTheFirstThreads() {
    ChunkShares shares = new ChunkShares(4);
    shares.open(2);
    assertEquals(1, shares.take(1));
    assertEquals(0, shares.take(3));
    assertEquals(-1, shares.take(0));
  }

  @Test
  void chunksAreLeftUntilAllAreTaken() {
    ChunkShares shares = new ChunkShares(2);
    assertFalse(shares.areLeft());
    assertEquals(-1, shares.take(0));
    shares.open(3);
    for (int i = 0; i < 3; i++) {
      assertTrue(shares.areLeft());
      shares.take(1);
    }

    assertFalse(shares.areLeft());
  }

  @Test
  void asManyChunksAsAnIntHoldsAreShared() {
    ChunkShares shares = new ChunkShares(4);
    shares.open(Integer.MAX_VALUE);
    assertEquals(
        List.of(0, 536_870_911, 1_073_741_823, 1_610_612_735),
        IntStream.range(0, 4).mapToObj(shares::take).toList());
  }
}
