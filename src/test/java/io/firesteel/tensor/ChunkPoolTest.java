package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.AllocatedBytes;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkPoolTest {

  private static int[] runs(ChunkPool pool, int chunks) {
    AtomicIntegerArray runs = new AtomicIntegerArray(chunks);
    pool.run(chunks, runs::incrementAndGet);
    int[] copy = new int[chunks];
    Arrays.setAll(copy, runs::get);
    return copy;
  }

  private static int[] ones(int count) {
    int[] ones = new int[count];
    Arrays.fill(ones, 1);
    return ones;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8})
  void eachChunkRunsOnceInEveryOneOfManyRounds(int threads) {
    try (ChunkPool pool = ChunkPool.of(threads)) {
      assertEquals(threads, pool.threads());
      for (int round = 0; round < 3000; round++) {
        int chunks = round % 23;
        assertArrayEquals(ones(chunks), runs(pool, chunks));
      }
    }
  }

  /** Each of two chunks waits for the other to begin. */
  @Test
  void chunksRunAtTheSameTime() {
    try (ChunkPool pool = ChunkPool.of(2)) {
      for (int round = 0; round < 20; round++) {
        CountDownLatch begun = new CountDownLatch(2);
        Set<Thread> threads = ConcurrentHashMap.newKeySet();
        pool.run(
            2,
            chunk -> {
              threads.add(Thread.currentThread());
              begun.countDown();
              await(begun);
            });
        assertEquals(2, threads.size());
        assertTrue(threads.remove(Thread.currentThread()));
        assertTrue(threads.iterator().next().isDaemon());
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void whatTheLowestChunkThrewIsThrown(int threads) {
    try (ChunkPool pool = ChunkPool.of(threads)) {
      for (int round = 0; round < 200; round++) {
        assertEquals(
            "chunk 5",
            assertThrows(
                    IllegalStateException.class,
                    () ->
                        pool.run(
                            50,
                            chunk -> {
                              if (chunk % 7 == 5) {
                                throw new IllegalStateException("chunk " + chunk);
                              }
                            }))
                .getMessage());
        assertArrayEquals(ones(9), runs(pool, 9));
      }
    }
  }

  @Test
  void errorsPassAsTheyAre() {
    try (ChunkPool pool = ChunkPool.of(2)) {
      OutOfMemoryError error = new OutOfMemoryError("of a test");
      assertSame(
          error,
          assertThrows(
              OutOfMemoryError.class,
              () ->
                  pool.run(
                      2,
                      chunk -> {
                        throw error;
                      })));
    }
  }

  @Test
  void aChunkMayBringWorkItself() {
    try (ChunkPool pool = ChunkPool.of(3)) {
      AtomicIntegerArray runs = new AtomicIntegerArray(40);
      pool.run(4, outer -> pool.run(10, inner -> runs.incrementAndGet(10 * outer + inner)));
      for (int i = 0; i < 40; i++) {
        assertEquals(1, runs.get(i));
      }
    }
  }

  @Test
  void severalThreadsMayBringWork() throws InterruptedException {
    try (ChunkPool pool = ChunkPool.of(2)) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Runnable rounds =
          () -> {
            for (int round = 0; round < 2000; round++) {
              assertArrayEquals(ones(7), runs(pool, 7));
            }
          };
      Thread[] threads = {new Thread(rounds), new Thread(rounds)};
      for (Thread thread : threads) {
        thread.setUncaughtExceptionHandler((t, e) -> failure.set(e));
        thread.start();
      }

      for (Thread thread : threads) {
        thread.join();
      }

      assertEquals(null, failure.get());
    }
  }

  @Test
  void anInterruptedThreadFinishesItsWorkAndStaysInterrupted() {
    try (ChunkPool pool = ChunkPool.of(2)) {
      Thread.currentThread().interrupt();
      assertArrayEquals(ones(100), runs(pool, 100));
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  void aClosedPoolRunsWorkOnTheCallingThread() {
    ChunkPool pool = ChunkPool.of(4);
    assertArrayEquals(ones(5), runs(pool, 5));
    pool.close();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    pool.run(64, chunk -> threads.add(Thread.currentThread()));
    assertEquals(Set.of(Thread.currentThread()), threads);
  }

  @Test
  void aRunAllocatesNothing() {
    try (ChunkPool pool = ChunkPool.of(2)) {
      float[] values = new float[64];
      ChunkPool.Work work = chunk -> values[chunk]++;
      assertEquals(0, AllocatedBytes.perCall(2000, () -> pool.run(64, work)));
    }
  }

  @Test
  void theSharedPoolIsOne() {
    assertSame(ChunkPool.shared(), ChunkPool.shared());
    assertFalse(ChunkPool.shared().threads() > 256);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "256,256"})
  void thePropertySetsTheNumberOfThreads(String property, int threads) {
    assertEquals(threads, ChunkPool.threads(property));
  }

  @Test
  void withoutThePropertyThereAreAsManyAsProcessorsUpToSixteen() {
    assertEquals(Math.min(16, Runtime.getRuntime().availableProcessors()), ChunkPool.threads(null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "257", "-1", "two", "2 ", "99999999999"})
  void othersAreRefused(String property) {
    assertEquals(
        "The system property firesteel.threads must be a number from 1 to 256. Received: '"
            + property
            + "'",
        assertThrows(IllegalArgumentException.class, () -> ChunkPool.threads(property))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -3, 257})
  void aPoolHasFromOneToSeveralThreads(int threads) {
    assertEquals(
        "The number of threads must be from 1 to 256. Received: " + threads,
        assertThrows(IllegalArgumentException.class, () -> ChunkPool.of(threads)).getMessage());
  }
}
