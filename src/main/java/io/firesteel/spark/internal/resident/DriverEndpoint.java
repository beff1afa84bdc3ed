package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the resident tasks of a fit find its exchange: in this process, or over Spark's RPC. */
final class DriverEndpoint implements AutoCloseable {

  private final long fit;
  private final long askMillis;
  private final @Nullable FrameReceiver receiver;
  private final SparkInternals.@Nullable Listening listening;

  private DriverEndpoint(long fit, long askMillis, @Nullable FrameReceiver receiver) {
    this.fit = fit;
    this.receiver = receiver;
    this.listening = receiver == null ? null : SparkInternals.listen(name(fit), receiver);
    this.askMillis = askMillis;
  }

  /** Returns the name of the endpoint of a fit. */
  static String name(long fit) {
    return "firesteel-" + Long.toHexString(fit);
  }

  /** Opens it for local tasks if Spark runs in this process alone, else for remote ones. */
  static DriverEndpoint open(SparkContext context, long fit, TaskExchange exchange) {
    long askMillis = SparkInternals.askTimeoutMillis(context.conf());
    if (context.isLocal()) {
      ExecutorState.open(fit, exchange);
      return new DriverEndpoint(fit, askMillis, null);
    }

    return new DriverEndpoint(fit, askMillis, new FrameReceiver(exchange));
  }

  /** Returns the time after which an ask must have an answer. */
  long askMillis() {
    return askMillis;
  }

  /** Returns the number of bytes of sums that came from other processes. */
  long sumsBytes() {
    return receiver == null ? 0 : receiver.sumsBytes();
  }

  /** Returns how many parts of sums were sent while others were computed. */
  long earlyParts() {
    return receiver == null ? 0 : receiver.earlyParts.get();
  }

  /** Returns how often tasks of other processes asked for work. */
  long asks() {
    return receiver == null ? 0 : receiver.asked.get();
  }

  @Override
  public void close() {
    ExecutorState.close(fit);
    if (listening != null) {
      listening.close();
    }
  }

  /** Puts the frames of resident tasks in other processes together and answers them by frames. */
  static final class FrameReceiver implements SparkInternals.Receiver {

    private static final Logger LOG = LoggerFactory.getLogger(DriverEndpoint.class);

    private static final FrameBytes LEAVE = encode(Command.LEAVE, 0, 1, null);
    private static final FrameBytes NOT_YET = encode(Command.NOT_YET, 0, 1, null);

    private final TaskExchange exchange;
    private final Map<Sender, Ask> asks = new HashMap<>();
    private final List<SumsCodec.Reader> readers = new ArrayList<>();
    private long readRound;
    private long refused;
    private int used;
    private final AtomicLong sumsBytes = new AtomicLong();
    private final AtomicLong asked = new AtomicLong();
    private final AtomicLong earlyParts = new AtomicLong();
    private int incarnation;
    private Encoded encoded = Encoded.first(0, 0);

    FrameReceiver(TaskExchange exchange) {
      this.exchange = exchange;
    }

    /** Who sends the parts of an ask: the tasks of a group together, or one attempt alone. */
    private record Sender(boolean isGroup, long id) {
      private static Sender of(Report.Frame frame) {
        boolean isGroup = frame.kind() == Report.Kind.SUMS && frame.group().isShared();
        return new Sender(isGroup, isGroup ? frame.group().id() : frame.from().attempt());
      }
    }

    /** The parts of one ask, as they come. */
    private static final class Ask {
      private final int number;
      private final long round;
      private final Report.@Nullable Frame[] frames;
      private final SparkInternals.@Nullable Reply[] replies;
      private final SumsCodec.@Nullable Reader reader;
      private int missing;

      private Ask(Report.Frame one, SumsCodec.@Nullable Reader reader) {
        this.number = one.ask();
        this.round = one.round();
        this.frames = new Report.Frame[one.parts()];
        this.replies = new SparkInternals.Reply[one.parts()];
        this.missing = one.parts();
        this.reader = reader;
      }

      /** Tells whether a part is one of this ask. */
      private boolean has(Report.Frame frame) {
        return number == frame.ask() && round == frame.round();
      }

      private void add(Report.Frame frame, SparkInternals.Reply reply) {
        if (frames[frame.part()] == null) {
          frames[frame.part()] = frame;
          replies[frame.part()] = reply;
          missing--;
        }
      }

      /** Returns the part that says what all are; it is there when all are. */
      private Report.Frame first() {
        return Objects.requireNonNull(frames[0]);
      }

      /** Returns what answers each part, in their order, whatever that is in which they came. */
      private List<SparkInternals.Reply> replies() {
        List<SparkInternals.Reply> all = new ArrayList<>();
        for (SparkInternals.Reply reply : replies) {
          all.add(Objects.requireNonNull(reply));
        }

        return all;
      }

      private void answer(FrameBytes answer) {
        for (SparkInternals.Reply reply : replies) {
          if (reply != null) {
            reply.send(answer);
          }
        }
      }

      private List<ByteBuffer> payloads() {
        List<ByteBuffer> payloads = new ArrayList<>();
        for (Report.Frame frame : frames) {
          payloads.add(Objects.requireNonNull(frame).payload());
        }

        return payloads;
      }
    }

    @Override
    public void received(byte[] bytes, SparkInternals.@Nullable Reply reply) {
      Report.Frame frame;
      try {
        frame = Report.Frame.parse(bytes);
      } catch (IllegalArgumentException e) {
        refused++;
        if (refused == 1) {
          LOG.warn("Something sends messages that are no task's; they are dropped", e);
        }

        return;
      }

      TaskId from = frame.from();
      if (!exchange.isCurrent(from)) {
        drop(asks.get(Sender.of(frame)), LEAVE);
        if (reply != null) {
          reply.send(LEAVE);
        }

        return;
      }

      forgetOthers(from.incarnation());
      if (reply == null) {
        exchange.report(Report.of(from, frame.kind(), frame.text()), null);
        return;
      }

      boolean isSums = frame.kind() == Report.Kind.SUMS;
      Sender sender = Sender.of(frame);
      Ask begun = asks.get(sender);
      Ask ask = begun != null && begun.has(frame) ? begun : null;
      if (isSums && !exchange.isOpen(frame.round())) {
        drop(ask, NOT_YET);
        reply.send(NOT_YET);
        return;
      }

      if (ask == null) {
        ask = new Ask(frame, isSums ? reader(frame.round(), frame.parts()) : null);
        asks.put(sender, ask);
      }

      ask.add(frame, reply);
      if (ask.missing == 0) {
        asks.remove(sender);
        asked.incrementAndGet();
        exchange.report(report(ask), new Answers(ask.replies()));
      } else if (ask.reader != null && frame.isEarly()) {
        earlyParts.incrementAndGet();
        exchange.note(
            new TaskEvent.Part(
                incarnation, frame.round(), ask.reader, frame.part(), frame.payload()));
      }
    }

    private Report report(Ask ask) {
      Report.Frame first = ask.first();
      SumsCodec.Reader reader = ask.reader;
      List<ByteBuffer> payloads = ask.payloads();
      if (reader == null) {
        return new Report(
            first.from(), first.kind(), first.round(), first.group(), null, "", first.time());
      }

      for (ByteBuffer payload : payloads) {
        sumsBytes.addAndGet(payload.remaining());
      }

      return new Report(
          first.from(),
          first.kind(),
          first.round(),
          first.group(),
          () -> reader.read(payloads),
          "",
          first.time(),
          first.mates());
    }

    /** Returns one that no other sums of the round are read by; its arrays are used again. */
    private SumsCodec.Reader reader(long round, int parts) {
      if (round > readRound) {
        readRound = round;
        used = 0;
        forgetSums(round);
      }

      if (used == readers.size()) {
        readers.add(new SumsCodec.Reader());
      }

      SumsCodec.Reader reader = readers.get(used++);
      reader.begin(parts);
      return reader;
    }

    /** Those who have brought a part of sums that came too late ask for work again. */
    private void forgetSums(long before) {
      asks.values()
          .removeIf(
              ask -> {
                boolean isLate = ask.reader != null && ask.round < before;
                if (isLate) {
                  ask.answer(NOT_YET);
                }

                return isLate;
              });
    }

    /** Returns the number of bytes of sums that came, without headers of frames. */
    long sumsBytes() {
      return sumsBytes.get();
    }

    /** Whoever gets an answer to one part waits for those to the parts as well that came before. */
    private void drop(@Nullable Ask begun, FrameBytes answer) {
      if (begun != null) {
        asks.values().remove(begun);
        begun.answer(answer);
      }
    }

    private void forgetOthers(int current) {
      if (current != incarnation) {
        incarnation = current;
        asks.values().forEach(ask -> ask.answer(LEAVE));
        asks.clear();
        readers.clear();
        used = 0;
      }
    }

    /**
     * The frames with the variables of a round, each of which is made once, by the first thread
     * that sends it. They are written where those of the round before were: its sums are all there,
     * so those that counted had got their variables. Who still gets some takes them for those of
     * the round that its first frame names, and its sums come too late.
     */
    private record Encoded(
        long round, int parts, Map<Integer, FrameBytes> frames, Map<Integer, FrameBytes> earlier) {

      private static Encoded first(long round, int parts) {
        return new Encoded(round, parts, new ConcurrentHashMap<>(), Map.of());
      }

      private Encoded next(long nextRound) {
        return new Encoded(nextRound, parts, new ConcurrentHashMap<>(), frames);
      }

      private FrameBytes frame(Command command, int part) {
        return frames.computeIfAbsent(part, any -> encode(command, part, parts, earlier.get(part)));
      }
    }

    private static FrameBytes encode(
        Command command, int part, int parts, @Nullable FrameBytes earlier) {
      int length = Command.Frame.bytes(command, part, parts);
      FrameBytes frame =
          earlier != null && earlier.length() == length ? earlier : FrameBytes.of(length);
      Command.Frame.write(command, part, parts, frame.writer());
      return frame;
    }

    /** The first frame has a header that is not the same for all, and is always a new one. */
    private FrameBytes answer(Command command, int part, int parts) {
      return part == 0 || command.variables() == null
          ? encode(command, part, parts, null)
          : encoded(command.round(), parts).frame(command, part);
    }

    private synchronized Encoded encoded(long round, int parts) {
      if (encoded.parts() != parts) {
        encoded = Encoded.first(round, parts);
      } else if (encoded.round() != round) {
        encoded = encoded.next(round);
      }

      return encoded;
    }

    /** Answers all parts of an ask, each by a part of the command. */
    private final class Answers implements ReplyTo {
      private final List<SparkInternals.Reply> replies;

      private Answers(List<SparkInternals.Reply> replies) {
        this.replies = replies;
      }

      @Override
      public int parts() {
        return replies.size();
      }

      @Override
      public void answer(Command command, int part) {
        replies.get(part).send(FrameReceiver.this.answer(command, part, replies.size()));
      }

      @Override
      public boolean isLocal() {
        return false;
      }
    }
  }
}
