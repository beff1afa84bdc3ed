package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.testing.AllocatedBytes;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SpareCoresTest {

  private static SpareCores cores(int count) {
    return new SpareCores(count, ChunkPool.of(count));
  }

  /** Each of two parts waits for the other to begin. */
  @Test
  void aSpareCoreHelps() {
    SpareCores cores = cores(2);
    cores.enter();
    for (int round = 0; round < 20; round++) {
      CountDownLatch begun = new CountDownLatch(2);
      Set<Thread> threads = ConcurrentHashMap.newKeySet();
      cores.run(
          2,
          part -> {
            threads.add(Thread.currentThread());
            begun.countDown();
            await(begun);
          });
      assertEquals(2, threads.size());
    }

    cores.leave();
  }

  @Test
  void withoutASpareCoreTheThreadDoesAllItself() {
    SpareCores cores = cores(1);
    cores.enter();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    cores.run(50, part -> threads.add(Thread.currentThread()));
    cores.leave();
    assertEquals(Set.of(Thread.currentThread()), threads);
    assertFalse(cores(4).areThere());
  }

  @Test
  void aThreadThatHasNotEnteredDoesAllItself() {
    SpareCores cores = cores(4);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    cores.run(50, part -> threads.add(Thread.currentThread()));
    assertEquals(Set.of(Thread.currentThread()), threads);
  }

  /** A thread that begins to compute may find helpers at work; they end with the part they do. */
  @Test
  void manyThreadsGetEachPartDoneOnceAndFewMoreRunThanThereAreCores() throws Exception {
    SpareCores cores = cores(4);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread[] threads = new Thread[3];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(() -> manyRounds(cores, running, most));
      threads[i].setUncaughtExceptionHandler((thread, e) -> failure.set(e));
      threads[i].start();
    }

    for (Thread thread : threads) {
      thread.join();
    }

    assertEquals(null, failure.get());
    assertTrue(most.get() <= 6, most + " at once");
  }

  private static void manyRounds(SpareCores cores, AtomicInteger running, AtomicInteger most) {
    cores.enter();
    for (int round = 0; round < 3000; round++) {
      int parts = round % 23;
      AtomicIntegerArray done = new AtomicIntegerArray(parts);
      cores.run(
          parts,
          part -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            done.incrementAndGet(part);
            running.decrementAndGet();
          });
      int[] counts = new int[parts];
      Arrays.setAll(counts, done::get);
      int[] ones = new int[parts];
      Arrays.fill(ones, 1);
      assertArrayEquals(ones, counts);
    }

    cores.leave();
  }

  @Test
  void whatAPartThrowsIsThrownAndTheNextRoundIsAsBefore() {
    SpareCores cores = cores(2);
    cores.enter();
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                cores.run(
                    8,
                    part -> {
                      if (part == 5) {
                        throw new IllegalStateException("part 5");
                      }
                    }));
    assertEquals("part 5", thrown.getMessage());
    AtomicInteger sum = new AtomicInteger();
    cores.run(8, sum::addAndGet);
    assertEquals(28, sum.get());
    cores.leave();
  }

  @Test
  void aRunWithinAPartIsDoneByItsThread() {
    SpareCores cores = cores(3);
    cores.enter();
    AtomicInteger sum = new AtomicInteger();
    cores.run(4, part -> cores.run(5, sum::addAndGet));
    assertEquals(40, sum.get());
    cores.leave();
  }

  @Test
  void refusesANumberOfCoresOutOfItsRange() {
    SpareCores cores = cores(1);
    assertEquals(
        "The number of cores must be from 1 to 256. Received: 0",
        assertThrows(IllegalArgumentException.class, () -> cores.cores(0)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> cores.cores(257));
  }

  /** Sizes above and below the least that is cut, and some that no block divides. */
  @Test
  void productsHaveTheSameBitsWithAnyNumberOfCores() {
    int[][] sizes = {{64, 784, 256}, {61, 1000, 333}, {17, 500, 1300}, {3, 40, 20}, {128, 1, 9000}};
    SpareCores shared = SpareCores.shared();
    int before = shared.cores();
    try {
      for (int[] size : sizes) {
        float[][] expected = products(size, 1);
        for (int cores : new int[] {2, 3, 8}) {
          assertArrayEquals(expected, products(size, cores));
        }
      }
    } finally {
      shared.cores(before);
    }
  }

  private static float[][] products(int[] size, int cores) {
    SpareCores.shared().cores(cores);
    Random random = new Random(size[0]);
    int rows = size[0];
    int inner = size[1];
    int columns = size[2];
    float[] a = values(random, rows * inner);
    float[] b = values(random, inner * columns);
    float[] g = values(random, rows * columns);
    float[][] c = {new float[rows * columns], new float[inner * columns], new float[rows * inner]};
    SpareCores.shared().enter();
    MatMul.multiply(a, b, c[0], rows, inner, columns);
    MatMul.addProduct(a, b, c[0], rows, inner, columns);
    MatMul.transposedTimes(a, g, c[1], rows, inner, columns);
    MatMul.timesTransposed(g, b, c[2], rows, columns, inner);
    SpareCores.shared().leave();
    return c;
  }

  private static float[] values(Random random, int n) {
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = (float) random.nextGaussian();
    }

    return values;
  }

  @Test
  void allocatesNothing() {
    SpareCores cores = cores(2);
    int[] counts = new int[8];
    ChunkPool.Work work = part -> counts[part]++;
    cores.enter();
    long bytes = AllocatedBytes.perCall(1000, () -> cores.run(8, work));
    cores.leave();
    assertTrue(bytes < 64, bytes + " bytes a run");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
