package io.firesteel.tensor;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that run the numbered chunks of a piece of work, beside the thread that brings it.
 *
 * <p>Which thread runs a chunk, and when, is left open; so the chunks of a piece of work must not
 * depend on each other, and their results must be put together in an order of their own. A run
 * allocates nothing. Work that is brought while other work runs, by another thread or by a chunk,
 * runs on its own thread alone. Between pieces of work the threads of the shared pool help those
 * that compute, see {@link SpareCores}.
 */
public final class ChunkPool implements AutoCloseable {

  /*
   * The work of a round is published before its chunks and stays until all of them are done, so that
   * whoever has taken a chunk finds the work that it belongs to.
   *
   * A thread that waits looks again and again for a short time, in which the next round of a step
   * usually comes, and then parks.
   */
  private static final long SPIN_NANOS = 20_000;

  /** The name of the system property that sets how many threads {@link #shared} uses. */
  public static final String THREADS = "firesteel.threads";

  private static final int MOST_THREADS = 256;
  private static final int DEFAULT_LIMIT = 16;
  private static final Work NOTHING = chunk -> {};

  /** Work in chunks. */
  @FunctionalInterface
  public interface Work {
    /** Runs the chunk of a number, on any thread. */
    void run(int chunk);
  }

  private static final class Shared {
    static final ChunkPool POOL = of(threads(System.getProperty(THREADS)));
  }

  private final Worker[] workers;
  private final AtomicBoolean busy = new AtomicBoolean();
  private final ChunkShares shares;
  private final AtomicInteger done = new AtomicInteger();
  private volatile Work work = NOTHING;
  private volatile @Nullable Thread waiting;
  private @Nullable Throwable failure;
  private int failedChunk;
  private volatile @Nullable SpareCores spare;
  private volatile boolean started;
  private volatile boolean closed;

  private ChunkPool(int threads) {
    this.shares = new ChunkShares(threads);
    this.workers = new Worker[threads - 1];
    for (int i = 0; i < workers.length; i++) {
      workers[i] = new Worker(i + 1);
    }
  }

  /**
   * Returns a pool of its own threads, which start with its first work.
   *
   * @param threads the number of threads with the one that brings the work, from 1 to 256
   */
  public static ChunkPool of(int threads) {
    if (threads < 1 || threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "The number of threads must be from 1 to %d. Received: %d"
              .formatted(MOST_THREADS, threads));
    }

    return new ChunkPool(threads);
  }

  /**
   * Returns the pool that all of a JVM share. It has as many threads as the system property {@code
   * firesteel.threads} says; if it is not set, as there are processors, but at most 16.
   *
   * @throws IllegalArgumentException if the property is not a number from 1 to 256
   */
  public static ChunkPool shared() {
    threads(System.getProperty(THREADS));
    return Shared.POOL;
  }

  /** Returns the number of threads that a value of the property asks for. */
  static int threads(@Nullable String property) {
    if (property == null) {
      return Math.min(Runtime.getRuntime().availableProcessors(), DEFAULT_LIMIT);
    }

    if (!property.matches("[0-9]{1,3}")
        || Integer.parseInt(property) < 1
        || Integer.parseInt(property) > MOST_THREADS) {
      throw new IllegalArgumentException(
          "The system property %s must be a number from 1 to %d. Received: '%s'"
              .formatted(THREADS, MOST_THREADS, property));
    }

    return Integer.parseInt(property);
  }

  /** Returns the number of threads, with the one that brings the work. */
  public int threads() {
    return workers.length + 1;
  }

  /**
   * Runs the chunks 0 to {@code count - 1} and returns when all are done.
   *
   * <p>If chunks throw, so does this, what the one with the lowest number threw; others may have
   * run or not.
   */
  public void run(int count, Work newWork) {
    if (count < 2 || workers.length == 0 || closed || !busy.compareAndSet(false, true)) {
      for (int chunk = 0; chunk < count; chunk++) {
        newWork.run(chunk);
      }

      return;
    }

    try {
      share(count, newWork);
    } finally {
      busy.set(false);
    }
  }

  private void share(int count, Work newWork) {
    failure = null;
    work = newWork;
    done.set(0);
    shares.open(count);
    wake(count - 1);
    runAll(0);
    awaitDone(count);
    work = NOTHING;
    if (failure != null) {
      throw ChunkPool.<RuntimeException>unchecked(failure);
    }
  }

  /** Lets the threads help with computations while they have no chunks. */
  void helpWith(SpareCores computations) {
    spare = computations;
  }

  /** Wakes as many threads, those that are asleep among them. */
  void wake(int count) {
    start();
    for (int i = 0; i < Math.min(count, workers.length); i++) {
      if (workers[i].parked) {
        LockSupport.unpark(workers[i]);
      }
    }
  }

  private void start() {
    if (started) {
      return;
    }

    synchronized (this) {
      if (!started) {
        for (Worker worker : workers) {
          worker.start();
        }

        started = true;
      }
    }
  }

  /** Runs chunks, best of a share, until none is left. */
  private void runAll(int share) {
    for (int chunk = shares.take(share); chunk >= 0; chunk = shares.take(share)) {
      run(chunk);
    }
  }

  private void run(int chunk) {
    int all = shares.count();
    try {
      work.run(chunk);
    } catch (Throwable e) {
      fail(chunk, e);
    }

    if (done.incrementAndGet() == all) {
      Thread thread = waiting;
      if (thread != null) {
        LockSupport.unpark(thread);
      }
    }
  }

  private synchronized void fail(int chunk, Throwable e) {
    if (failure == null || chunk < failedChunk) {
      failure = e;
      failedChunk = chunk;
    }
  }

  private void awaitDone(int chunks) {
    long start = System.nanoTime();
    while (done.get() < chunks && System.nanoTime() - start < SPIN_NANOS) {
      Thread.onSpinWait();
    }

    if (done.get() < chunks) {
      waiting = Thread.currentThread();
      while (done.get() < chunks) {
        LockSupport.park(this);
      }

      waiting = null;
    }
  }

  /** Throws a checked exception that a chunk threw in the same way, without declaring it. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E unchecked(Throwable e) throws E {
    throw (E) e;
  }

  /** Ends the threads. Work that comes later runs on the thread that brings it. */
  @Override
  public void close() {
    closed = true;
    for (Worker worker : workers) {
      LockSupport.unpark(worker);
    }
  }

  /** A thread that takes part in what is brought. It inherits nothing from the one that made it. */
  private final class Worker extends Thread {
    private final int share;
    private volatile boolean parked;

    Worker(int number) {
      super(null, null, "firesteel-chunks-" + number, 0, false);
      share = number;
      setDaemon(true);
      setContextClassLoader(ChunkPool.class.getClassLoader());
    }

    @Override
    public void run() {
      while (!closed) {
        runAll(share);
        if (!help() && !comesSoon()) {
          park();
        }
      }
    }

    /** Helps a computation, if there is one that has something to do and a core for this thread. */
    private boolean help() {
      SpareCores computations = spare;
      return computations != null && computations.help(share);
    }

    private boolean isWork() {
      SpareCores computations = spare;
      return shares.areLeft() || (computations != null && computations.isWork(share));
    }

    private boolean comesSoon() {
      long start = System.nanoTime();
      while (!isWork()) {
        long now = System.nanoTime();
        SpareCores computations = spare;
        if (now - start > SPIN_NANOS
            && (computations == null || !computations.isExpected(share, now))) {
          return false;
        }

        Thread.onSpinWait();
      }

      return true;
    }

    /** Waits without using the processor. An interrupt is ignored. */
    private void park() {
      parked = true;
      while (!isWork() && !closed) {
        LockSupport.park(ChunkPool.this);
        boolean unused = Thread.interrupted();
      }

      parked = false;
    }
  }
}
