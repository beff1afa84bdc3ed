package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of one ask, as they come, and what answers them: each once, whoever does so. Parts but
 * the first may be answered before the others, with variables of the next round.
 */
final class IncomingAsk {

  private final int number;
  private final long round;
  private final SumsCodec.@Nullable Reader reader;
  private final Report.@Nullable Frame[] frames;
  private final SparkInternals.@Nullable Reply[] replies;
  private final boolean[] isAnswered;
  private int missing;
  private long earlyRound;

  /**
   * Creates an ask of which nothing is there yet.
   *
   * @param one any part of it
   * @param reader what reads its sums, if it brings some
   */
  IncomingAsk(Report.Frame one, SumsCodec.@Nullable Reader reader) {
    this.number = one.ask();
    this.round = one.round();
    this.reader = reader;
    this.frames = new Report.Frame[one.parts()];
    this.replies = new SparkInternals.Reply[one.parts()];
    this.isAnswered = new boolean[one.parts()];
    this.missing = one.parts();
  }

  /** Tells whether a part is one of this ask. */
  boolean has(Report.Frame frame) {
    return number == frame.ask() && round == frame.round();
  }

  /** Returns the round that its sums are of. */
  long round() {
    return round;
  }

  /** Returns what reads its sums, null if it brings none. */
  SumsCodec.@Nullable Reader reader() {
    return reader;
  }

  /** Returns the number of parts. */
  int parts() {
    return frames.length;
  }

  /** Takes a part, and tells whether all are there. */
  synchronized boolean add(Report.Frame frame, SparkInternals.Reply reply) {
    if (frames[frame.part()] == null) {
      frames[frame.part()] = frame;
      replies[frame.part()] = reply;
      missing--;
    }

    return missing == 0;
  }

  /** Returns the part that says what all are; it is there when all are. */
  Report.Frame first() {
    return Objects.requireNonNull(frames[0]);
  }

  /** Returns what the parts have, once all are there, and keeps none of it. */
  List<ByteBuffer> takePayloads() {
    List<ByteBuffer> payloads = new ArrayList<>();
    for (int part = 0; part < frames.length; part++) {
      payloads.add(Objects.requireNonNull(frames[part]).payload());
      frames[part] = part == 0 ? frames[part] : null;
    }

    return payloads;
  }

  /** Answers a part that is there and has no answer. */
  void answer(int part, FrameBytes answer) {
    SparkInternals.Reply reply = take(part);
    if (reply != null) {
      reply.send(answer);
    }
  }

  /** Answers all parts that are there and have no answer. */
  void answer(FrameBytes answer) {
    for (int part = 0; part < replies.length; part++) {
      answer(part, answer);
    }
  }

  private synchronized SparkInternals.@Nullable Reply take(int part) {
    SparkInternals.Reply reply = isAnswered[part] ? null : replies[part];
    isAnswered[part] |= reply != null;
    return reply;
  }

  /** Returns where variables of the next round are to go in answer to a part, null for nowhere. */
  synchronized SparkInternals.@Nullable Reply takeEarly(int part, long nextRound) {
    SparkInternals.Reply reply = take(part);
    if (reply != null) {
      earlyRound = nextRound;
    }

    return reply;
  }

  /** Returns of which round the variables are that parts were answered with early, 0 for none. */
  synchronized long earlyRound() {
    return earlyRound;
  }
}
