package io.firesteel.spark.internal.frames;

import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a round in an executor, for all resident tasks there of one job. One of them
 * brings them, in parts; those that need them read what has come, the first parts first, and wait
 * for no more than they need.
 *
 * <p>There is one buffer only: the next round's variables are taken when all sums of this one that
 * count have left; parts that come before stay with the ask that they answer. A task that still
 * computes with the old ones brings sums that are dropped. Late parts of an earlier round are
 * dropped too.
 */
public final class ExecutorVariables {

  private final VariableValues snapshot;
  private final FlatFloats flat;

  /** How many values there are up to the end of each variable. */
  private final long[] ends;

  private long round;
  private Delivery delivery = new Delivery(0);
  private int reading;
  private long cameAt;
  private volatile long completeRound;

  /** Creates buffers for arrays of these sizes. */
  public ExecutorVariables(int... sizes) {
    float[][] values = new float[sizes.length][];
    this.ends = new long[sizes.length + 1];
    for (int i = 0; i < sizes.length; i++) {
      values[i] = new float[sizes[i]];
      ends[i + 1] = ends[i] + sizes[i];
    }

    this.snapshot = VariableValues.wrap(values);
    this.flat = FlatFloats.ofArrays(Arrays.asList(values));
  }

  /** What a task waited for did not come. */
  public static final class LateException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private LateException(long round) {
      super("The variables of round %d did not come".formatted(round));
    }
  }

  /** The parts that one task brings. */
  private static final class Delivery {
    private final @Nullable ByteBuffer[] waiting;
    private final boolean[] isRead;

    /** How many parts are read, from the first on. */
    private int first;

    private boolean isBroken;

    private Delivery(int parts) {
      waiting = new ByteBuffer[parts];
      isRead = new boolean[parts];
    }

    private int parts() {
      return isRead.length;
    }

    private void read(int part) {
      isRead[part] = true;
      while (first < parts() && isRead[first]) {
        first++;
      }
    }
  }

  /** A part that one task has taken to read it. */
  private record Part(Delivery from, int index, ByteBuffer values) {}

  public VariableValues snapshot() {
    return snapshot;
  }

  /** Returns in how many parts the variables travel. */
  public int parts() {
    return FlatFloats.parts(Float.BYTES * flat.size());
  }

  /**
   * Begins a delivery of the variables of a round. If there is one of another task that is not
   * complete, this one takes its place.
   */
  public synchronized void begin(long ofRound, int parts) {
    if (ofRound < round || ofRound == completeRound) {
      return;
    }

    awaitReaders();
    round = ofRound;
    delivery = new Delivery(parts);
    cameAt = System.nanoTime();
    notifyAll();
  }

  /** No old values may be written over new ones. */
  private void awaitReaders() {
    boolean interrupted = false;
    while (reading > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }

    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes a part of the variables of a round, which is read when somebody needs it. */
  public synchronized void put(long ofRound, int part, int parts, ByteBuffer values) {
    int expected = flat.partBytes(part, parts);
    if (values.remaining() != expected) {
      throw new IllegalStateException(
          "Part %d of %d of the variables must have %d bytes. Received: %d"
              .formatted(part, parts, expected, values.remaining()));
    }

    if (ofRound == round && ofRound != completeRound && parts == delivery.parts()) {
      delivery.waiting[part] = delivery.isRead[part] ? null : values;
      cameAt = System.nanoTime();
      notifyAll();
    }
  }

  /** Notes that a part of the variables of a round will not come. */
  public synchronized void lose(long ofRound, int parts) {
    if (ofRound == round && parts == delivery.parts()) {
      delivery.isBroken = true;
      notifyAll();
    }
  }

  /** Waits for the variables of a round to begin to come, and tells whether they did. */
  public synchronized boolean await(long ofRound, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (flat.size() > 0 && round < ofRound) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }

      wait(left);
    }

    return true;
  }

  /**
   * Returns once the first variables of a round are in the {@link #snapshot}. If those of a later
   * round have come, there is nothing to wait for: what is computed by them is dropped.
   *
   * @param count the number of variables, from the first on
   * @param millis how long to wait while nothing comes
   * @throws LateException if nothing came for so long, or a part is lost
   */
  public void require(long ofRound, int count, long millis) throws InterruptedException {
    while (completeRound < ofRound) {
      Part part = take(ofRound, ends[count], TimeUnit.MILLISECONDS.toNanos(millis));
      if (part == null) {
        return;
      }

      flat.read(part.index(), part.from().parts(), part.values());
      finish(ofRound, part);
    }
  }

  /** Returns a part that the caller is to read, or null once it needs none. */
  private synchronized @Nullable Part take(long ofRound, long values, long nanos)
      throws InterruptedException {
    while (round <= ofRound && completeRound < ofRound && flat.size() > 0) {
      int parts = delivery.parts();
      if (round == ofRound && flat.start(delivery.first, parts) >= values) {
        return null;
      }

      for (int index = delivery.first; round == ofRound && index < parts; index++) {
        ByteBuffer waiting = delivery.waiting[index];
        if (waiting != null) {
          delivery.waiting[index] = null;
          reading++;
          return new Part(delivery, index, waiting);
        }
      }

      long left = cameAt + nanos - System.nanoTime();
      if (left <= 0 || (round == ofRound && delivery.isBroken)) {
        throw new LateException(ofRound);
      }

      wait(TimeUnit.NANOSECONDS.toMillis(left) + 1);
    }

    return null;
  }

  private synchronized void finish(long ofRound, Part part) {
    reading--;
    part.from().read(part.index());
    if (part.from() == delivery && delivery.first == delivery.parts()) {
      completeRound = ofRound;
    }

    notifyAll();
  }
}
