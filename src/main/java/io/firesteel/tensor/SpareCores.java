package io.firesteel.tensor;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The cores of a JVM that no computation keeps busy help those that are under way.
 *
 * <p>A thread that computes says so with {@link #enter} and {@link #leave}. Between the two it may
 * cut work into numbered parts and have them done by {@link #run}: by itself, and by as many
 * helpers as there are cores without a computing thread. Many threads may do so at once; a helper
 * goes where parts are left.
 *
 * <p>Which thread does a part, and when, is left open. So parts must not depend on each other, and
 * how work is cut must depend on the work alone, never on {@link #cores}: then the number of cores
 * changes no bit. A run allocates nothing.
 */
public final class SpareCores {

  /*
   * A ticket holds the number of the round in its upper half and how many parts nobody has taken in
   * its lower half. Whoever lowers it has a part, and the round cannot end before he is done with
   * it, so the work and the number of parts that he then reads belong to it.
   *
   * A helper that finds nothing looks again and again for a short time, as the next product of a
   * step usually comes within it, and then parks.
   */
  private static final long SPIN_NANOS = 50_000;

  private static final int MOST = 256;
  private static final ChunkPool.Work NOTHING = part -> {};
  private static final SpareCores SHARED = new SpareCores(ChunkPool.shared().threads());

  private final AtomicReferenceArray<@Nullable Round> rounds = new AtomicReferenceArray<>(MOST);
  private final ThreadLocal<@Nullable Round> own = new ThreadLocal<>();
  private final AtomicInteger computing = new AtomicInteger();
  private final AtomicInteger helping = new AtomicInteger();
  private final Helper[] helpers = new Helper[MOST - 1];
  private volatile int started;
  private volatile int end;
  private volatile int cores;

  /** Creates one of its own, without helpers so far. */
  SpareCores(int cores) {
    this.cores = cores;
  }

  /** Returns the one that a JVM's computations share. */
  public static SpareCores shared() {
    return SHARED;
  }

  /** Returns how many threads may compute at once. */
  public int cores() {
    return cores;
  }

  /**
   * Sets how many cores computations of this JVM may use, from 1 to 256: an executor's number of
   * cores. Until it is called they are as many as the threads of {@link ChunkPool#shared}.
   */
  public void cores(int count) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException(
          "The number of cores must be from 1 to %d. Received: %d".formatted(MOST, count));
    }

    cores = count;
  }

  /** Says that the calling thread computes from now on. To be followed by {@link #leave}. */
  public void enter() {
    Round round = own.get();
    if (round != null) {
      round.depth++;
      return;
    }

    computing.incrementAndGet();
    for (int i = 0; i < MOST; i++) {
      if (rounds.get(i) == null) {
        Round free = new Round();
        if (rounds.compareAndSet(i, null, free)) {
          begin(free, i);
          return;
        }
      } else if (rounds.get(i).taken.compareAndSet(0, 1)) {
        begin(rounds.get(i), i);
        return;
      }
    }

    computing.decrementAndGet();
  }

  private void begin(Round round, int place) {
    round.taken.set(1);
    round.depth = 1;
    own.set(round);
    synchronized (this) {
      end = Math.max(end, place + 1);
    }
  }

  /** Says that the calling thread no longer computes. */
  public void leave() {
    Round round = own.get();
    if (round != null && --round.depth == 0) {
      own.remove();
      round.taken.set(0);
      computing.decrementAndGet();
    }
  }

  /** Tells whether there may be a core that helps the calling thread. */
  public boolean areThere() {
    return computing.get() < cores && own.get() != null;
  }

  /**
   * Does the parts 0 to {@code count - 1} of some work and returns when all are done. Outside of
   * {@link #enter} and {@link #leave} the calling thread does them alone.
   *
   * <p>If parts throw, so does this, what one of them threw; others may have been done or not.
   */
  public void run(int count, ChunkPool.Work work) {
    Round round = own.get();
    if (count < 2 || round == null || round.isOpen() || computing.get() >= cores) {
      for (int part = 0; part < count; part++) {
        work.run(part);
      }

      return;
    }

    round.open(count, work);
    wake(Math.min(count - 1, cores - computing.get()));
    round.doAllLeft();

    round.close();
  }

  private void wake(int wanted) {
    int open = wanted;
    for (int i = 0; i < started && open > 0; i++) {
      if (helpers[i].parked) {
        LockSupport.unpark(helpers[i]);
        open--;
      }
    }

    if (open > 0 && started < cores - 1) {
      start();
    }
  }

  private synchronized void start() {
    while (started < cores - 1) {
      helpers[started] = new Helper(started + 1);
      helpers[started].start();
      started++;
    }
  }

  /** The rounds of one thread, one after the other. */
  private static final class Round {
    private final AtomicInteger taken = new AtomicInteger(1);
    private final AtomicLong ticket = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private volatile ChunkPool.Work work = NOTHING;
    private volatile int count;
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Throwable failure;
    private int depth;

    boolean isOpen() {
      return count > 0;
    }

    void open(int parts, ChunkPool.Work newWork) {
      failure = null;
      work = newWork;
      done.set(0);
      count = parts;
      ticket.set((ticket.get() >>> 32) + 1 << 32 | parts);
    }

    boolean hasParts() {
      return (int) ticket.get() != 0;
    }

    /** Does the parts that nobody has taken. */
    void doAllLeft() {
      boolean did = doPart();
      while (did) {
        did = doPart();
      }
    }

    /** Does a part that nobody has taken; returns false if there is none. */
    boolean doPart() {
      for (long seen = ticket.get(); (int) seen != 0; seen = ticket.get()) {
        if (ticket.compareAndSet(seen, seen - 1)) {
          run((int) seen);
          return true;
        }
      }

      return false;
    }

    private void run(int left) {
      int all = count;
      try {
        work.run(all - left);
      } catch (Throwable e) {
        failure = e;
      }

      if (done.incrementAndGet() == all) {
        Thread thread = waiting;
        if (thread != null) {
          LockSupport.unpark(thread);
        }
      }
    }

    void close() {
      await();
      work = NOTHING;
      count = 0;
      Throwable thrown = failure;
      if (thrown != null) {
        failure = null;
        throw Round.<RuntimeException>unchecked(thrown);
      }
    }

    private void await() {
      long start = System.nanoTime();
      while (done.get() < count && System.nanoTime() - start < SPIN_NANOS) {
        Thread.onSpinWait();
      }

      if (done.get() < count) {
        waiting = Thread.currentThread();
        while (done.get() < count) {
          LockSupport.park(this);
        }

        waiting = null;
      }
    }

    /** Lets a checked exception pass, which a part cannot throw but by such means. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
      throw (E) e;
    }
  }

  /** A thread that helps while there is a core for it. It inherits nothing from its maker. */
  private final class Helper extends Thread {
    private volatile boolean parked;

    Helper(int number) {
      super(null, null, "firesteel-helper-" + number, 0, false);
      setDaemon(true);
      setContextClassLoader(SpareCores.class.getClassLoader());
    }

    @Override
    public void run() {
      long idle = System.nanoTime();
      while (true) {
        if (helpOne()) {
          idle = System.nanoTime();
        } else if (System.nanoTime() - idle < SPIN_NANOS) {
          Thread.onSpinWait();
        } else {
          park();
          idle = System.nanoTime();
        }
      }
    }

    /** Does parts of a round while there are some, and a core. */
    private boolean helpOne() {
      Round round = findWork();
      if (round == null || !takeCore()) {
        return false;
      }

      boolean did = round.doPart();
      boolean more = did;
      while (more && isCoreLeft()) {
        more = round.doPart();
      }

      helping.decrementAndGet();
      return did;
    }

    private boolean takeCore() {
      int now = helping.get();
      return computing.get() + now < cores && helping.compareAndSet(now, now + 1);
    }

    /** Tells whether no thread began to compute where this one helps. */
    private boolean isCoreLeft() {
      return computing.get() + helping.get() <= cores;
    }

    private @Nullable Round findWork() {
      int last = end;
      for (int i = 0; i < last; i++) {
        Round round = rounds.get((i + (int) getId()) % last);
        if (round != null && round.hasParts()) {
          return round;
        }
      }

      return null;
    }

    /** Waits without using the processor. An interrupt means nothing to it. */
    private void park() {
      parked = true;
      if (findWork() == null || computing.get() >= cores) {
        LockSupport.park(SpareCores.this);
        boolean unused = Thread.interrupted();
      }

      parked = false;
    }
  }
}
