package io.firesteel.spark.internal.resident;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A queue of many writers and one reader. The reader spins for some microseconds, which a step of a
 * small model takes, before it parks.
 *
 * @param <E> what it holds
 */
final class Inbox<E> {

  private static final int SPINS = Runtime.getRuntime().availableProcessors() > 1 ? 200 : 0;

  private final ConcurrentLinkedQueue<E> queue = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Thread reader;

  void put(E element) {
    queue.add(element);
    Thread parked = reader;
    if (parked != null) {
      LockSupport.unpark(parked);
    }
  }

  /** Returns the next element, null if there is none. */
  @Nullable E poll() {
    return queue.poll();
  }

  E take() throws InterruptedException {
    for (int i = 0; i < SPINS; i++) {
      E element = queue.poll();
      if (element != null) {
        return element;
      }

      Thread.onSpinWait();
    }

    return await();
  }

  private E await() throws InterruptedException {
    reader = Thread.currentThread();
    try {
      while (true) {
        E element = queue.poll();
        if (element != null) {
          return element;
        }

        if (Thread.interrupted()) {
          throw new InterruptedException();
        }

        LockSupport.park(this);
      }
    } finally {
      reader = null;
    }
  }
}
