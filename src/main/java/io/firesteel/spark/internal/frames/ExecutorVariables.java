package io.firesteel.spark.internal.frames;

import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The variables of a round in an executor, for all resident tasks there of one job. One of them
 * brings them; the others wait until they are complete.
 *
 * <p>There is one buffer only: the next round's variables come when all sums of this one that count
 * have left. A task that still reads then computes sums that are dropped. Late parts of an earlier
 * round are dropped too.
 */
public final class ExecutorVariables {

  private final VariableValues snapshot;
  private final FlatFloats flat;
  private long round;
  private boolean complete;

  /** Creates buffers for arrays of these sizes. */
  public ExecutorVariables(int... sizes) {
    float[][] values = new float[sizes.length][];
    for (int i = 0; i < sizes.length; i++) {
      values[i] = new float[sizes[i]];
    }

    this.snapshot = VariableValues.wrap(values);
    this.flat = FlatFloats.ofArrays(Arrays.asList(values));
  }

  public VariableValues snapshot() {
    return snapshot;
  }

  /** Returns in how many parts the variables travel. */
  public int parts() {
    return FlatFloats.parts(Float.BYTES * flat.size());
  }

  /** Takes a part of the variables of a round. */
  public synchronized void put(long ofRound, int part, int parts, ByteBuffer values) {
    int expected = FlatFloats.partBytes(flat.size(), part, parts);
    if (values.remaining() != expected) {
      throw new IllegalStateException(
          "Part %d of %d of the variables must have %d bytes. Received: %d"
              .formatted(part, parts, expected, values.remaining()));
    }

    if (ofRound > round) {
      round = ofRound;
      complete = false;
    }

    if (ofRound == round && !complete) {
      flat.read(part, parts, values);
    }
  }

  /** Notes that all parts of a round are there. */
  public synchronized void complete(long ofRound) {
    if (ofRound == round) {
      complete = true;
      notifyAll();
    }
  }

  /** Waits for the variables of a round and tells whether they came. */
  public synchronized boolean await(long ofRound, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (flat.size() > 0 && (round < ofRound || (round == ofRound && !complete))) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (left <= 0) {
        return false;
      }

      wait(left);
    }

    return true;
  }
}
