package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.seam.FrameBuffers;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.tensor.ChunkPool;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * One ask of the driver, in several parts. Of sums that are still computed, each part but the first
 * is sent as soon as all its gradients are there; the first one, which says what the ask is, comes
 * last.
 */
final class OutgoingAsk {

  /** The number of an ask that a group begins together; a task counts its own from 1. */
  static final int OF_GROUP = 0;

  private final int number;
  private final @Nullable SumsCodec sums;

  /** How many gradients of each part are missing; null where nothing leaves before all is there. */
  private final @Nullable AtomicIntegerArray missing;

  private final FrameBytes[] frames;
  private final SparkInternals.@Nullable Pending[] pending;

  /**
   * Creates an ask of which nothing is sent yet.
   *
   * @param number what tells it from other asks of the same sender
   * @param fewest the fewest parts
   */
  OutgoingAsk(int number, int fewest, @Nullable SumsCodec sums) {
    int parts = sums == null ? fewest : Math.max(fewest, sums.parts());
    this.number = number;
    this.sums = sums;
    this.frames = new FrameBytes[parts];
    this.pending = new SparkInternals.Pending[parts];
    this.missing =
        sums == null || !sums.isFixed() || parts == 1
            ? null
            : new AtomicIntegerArray(sums.arraysOf(parts));
  }

  /** What sends one part. */
  interface Sender {
    void send(OutgoingAsk ask, int part);
  }

  /** Tells whether it is known what each part has before all is computed. */
  boolean isFixed() {
    return sums == null || sums.isFixed();
  }

  /** Sends what can be sent once a gradient is there. */
  void computed(int gradient, Sender sender) {
    AtomicIntegerArray ofParts = missing;
    if (sums == null || ofParts == null) {
      return;
    }

    sums.forEachPart(
        gradient,
        pending.length,
        part -> {
          if (ofParts.decrementAndGet(part) == 0 && part > 0) {
            sender.send(this, part);
          }
        });
  }

  /** Writes one part of a report and sends it. */
  void send(Report report, int part, SparkInternals.Caller to, FrameBuffers buffers) {
    int size = sums == null ? 0 : sums.partBytes(part, frames.length);
    FrameBytes frame = buffers.take(Report.Frame.headerBytes(report, part) + size);
    ByteBuffer target = frame.writer();
    Report.Frame.begin(report, number, part, frames.length, target);
    if (sums != null) {
      sums.write(part, frames.length, target);
    }

    frames[part] = frame;
    pending[part] = to.ask(frame);
  }

  /** Sends the parts that were not sent; threads that have nothing to do write some too. */
  void sendRest(Report report, SparkInternals.Caller to, FrameBuffers buffers) {
    ChunkPool.shared()
        .run(
            frames.length,
            part -> {
              if (pending[part] == null) {
                send(report, part, to, buffers);
              }
            });
  }

  /** Returns the number of parts. */
  int parts() {
    return frames.length;
  }

  /** Returns the answer that a part has or will have; it must have been sent. */
  SparkInternals.Pending answer(int part) {
    SparkInternals.Pending answer = pending[part];
    if (answer == null) {
      throw new IllegalStateException("Part %d was not sent".formatted(part));
    }

    return answer;
  }

  /** Gives the array of a part back. One that was answered has left this process whole. */
  void giveBack(int part, FrameBuffers buffers) {
    buffers.giveBack(frames[part]);
  }
}
