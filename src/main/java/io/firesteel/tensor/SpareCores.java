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
   */
  private static final long SPIN_NANOS = 50_000;

  /*
   * To wake a thread takes a virtual machine longer than a product does. So threads that are likely
   * to be wanted again, as they were a moment ago, stay awake over the time between two steps. But
   * where as many threads compute as there are cores, as they did a moment ago, one that stays awake
   * keeps one of them from its core.
   */
  private static final long EXPECTED_NANOS = 2_000_000;

  private static final long BUSIEST_NANOS = 10_000_000;

  private static final int MOST = 256;
  private static final ChunkPool.Work NOTHING = part -> {};
  private static final SpareCores SHARED =
      new SpareCores(ChunkPool.shared().threads(), ChunkPool.shared());

  private final AtomicReferenceArray<@Nullable Round> rounds = new AtomicReferenceArray<>(MOST);
  private final ThreadLocal<@Nullable Round> own = new ThreadLocal<>();
  private final AtomicInteger computing = new AtomicInteger();
  private final AtomicInteger helping = new AtomicInteger();
  private final ChunkPool threads;
  private volatile int end;
  private volatile int cores;
  private volatile int busiest;
  private volatile long busiestSince = System.nanoTime() - BUSIEST_NANOS;
  private volatile long lastRound = System.nanoTime() - EXPECTED_NANOS;

  /** Creates one whose helpers are the threads of a pool. */
  SpareCores(int cores, ChunkPool threads) {
    this.cores = cores;
    this.threads = threads;
    threads.helpWith(this);
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
    if (round == null) {
      round = newRound();
      own.set(round);
    }

    if (round.depth++ == 0) {
      note(computing.incrementAndGet());
    }
  }

  /** Keeps the most threads that computed at once within the last milliseconds. */
  private void note(int now) {
    long nanos = System.nanoTime();
    if (now >= busiest || nanos - busiestSince > BUSIEST_NANOS) {
      busiest = now;
      busiestSince = nanos;
    }
  }

  /** Says that the calling thread no longer computes. */
  public void leave() {
    Round round = own.get();
    if (round != null && --round.depth == 0) {
      computing.decrementAndGet();
    }
  }

  /** Returns a round at the first place that is free, or was a dead thread's. */
  private synchronized Round newRound() {
    Round round = new Round(Thread.currentThread());
    for (int i = 0; i < MOST; i++) {
      Round known = rounds.get(i);
      if (known == null || !known.owner.isAlive()) {
        rounds.set(i, round);
        end = Math.max(end, i + 1);
        break;
      }
    }

    return round;
  }

  /** Tells whether there may be a core that helps the calling thread. */
  public boolean areThere() {
    return computing.get() < cores && isComputing();
  }

  private boolean isComputing() {
    Round round = own.get();
    return round != null && round.depth > 0;
  }

  /**
   * Does the parts 0 to {@code count - 1} of some work and returns when all are done. Outside of
   * {@link #enter} and {@link #leave} the calling thread does them alone.
   *
   * <p>If parts throw, so does this, what one of them threw; others may have been done or not.
   */
  public void run(int count, ChunkPool.Work work) {
    Round round = own.get();
    if (count < 2
        || round == null
        || round.depth == 0
        || round.isOpen()
        || computing.get() >= cores) {
      for (int part = 0; part < count; part++) {
        work.run(part);
      }

      return;
    }

    round.open(count, work);
    threads.wake(Math.min(count - 1, cores - computing.get()));
    round.doAllLeft();
    round.close();
    lastRound = System.nanoTime();
  }

  /**
   * Does parts of a round while there are some and a core for the helper of that number, from 1.
   */
  boolean help(int helper) {
    Round round = helper < cores ? findWork(helper) : null;
    if (round == null || !takeCore()) {
      return false;
    }

    boolean did = round.doPart();
    boolean more = did;
    while (more && computing.get() + helping.get() <= cores) {
      more = round.doPart();
    }

    helping.decrementAndGet();
    return did;
  }

  private boolean takeCore() {
    int now = helping.get();
    return computing.get() + now < cores && helping.compareAndSet(now, now + 1);
  }

  /** Tells whether there is something to do for a helper, and a core. */
  boolean isWork(int helper) {
    return computing.get() + helping.get() < cores && helper < cores && findWork(helper) != null;
  }

  /** Tells whether there will soon be something to do for a helper, and a core. */
  boolean isExpected(int helper, long now) {
    return busiest + helper <= cores && now - lastRound < EXPECTED_NANOS;
  }

  private @Nullable Round findWork(int helper) {
    int last = end;
    for (int i = 0; i < last; i++) {
      Round round = rounds.get((i + helper) % last);
      if (round != null && round.hasParts()) {
        return round;
      }
    }

    return null;
  }

  /** The rounds of one thread, one after the other. */
  private static final class Round {
    private final Thread owner;
    private final AtomicLong ticket = new AtomicLong();
    private final AtomicInteger done = new AtomicInteger();
    private volatile ChunkPool.Work work = NOTHING;
    private volatile int count;
    private volatile @Nullable Thread waiting;
    private volatile @Nullable Throwable failure;
    private int depth;

    Round(Thread owner) {
      this.owner = owner;
    }

    boolean isOpen() {
      return count > 0;
    }

    void open(int parts, ChunkPool.Work newWork) {
      failure = null;
      work = newWork;
      done.set(0);
      count = parts;
      ticket.set((((ticket.get() >>> 32) + 1) << 32) | parts);
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

    /** Throws a checked exception that a part threw in the same way, without declaring it. */
    @SuppressWarnings("unchecked")
    private static <E extends Throwable> E unchecked(Throwable e) throws E {
      throw (E) e;
    }
  }
}
