package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.tensor.ChunkPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the frames of resident tasks in other processes together and answers them by frames. */
final class FrameReceiver implements SparkInternals.Receiver, EarlyVariables {

  private static final Logger LOG = LoggerFactory.getLogger(FrameReceiver.class);

  private static final FrameBytes LEAVE = VariableFrames.encode(Command.LEAVE, 0, 1, null);
  private static final FrameBytes NOT_YET = VariableFrames.encode(Command.NOT_YET, 0, 1, null);

  private final TaskExchange exchange;
  private final Map<Sender, IncomingAsk> asks = new HashMap<>();
  private final List<SumsCodec.Reader> readers = new ArrayList<>();
  private final VariableFrames frames = new VariableFrames();
  private final AtomicLong sumsBytes = new AtomicLong();
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong earlyParts = new AtomicLong();
  private final AtomicLong earlyAnswers = new AtomicLong();
  private long readRound;
  private long refused;
  private int used;
  private int incarnation;

  /** The asks with sums of the round that is read, complete or not. */
  private final Queue<IncomingAsk> ofRound = new ConcurrentLinkedQueue<>();

  private final Object earlyLock = new Object();
  private @Nullable Early early;
  private long partsBefore;
  private boolean isVoid;

  /** The round whose variables are those that went out early for it. */
  private volatile long earlyRound;

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

  /** The variables that have their values of the next round. */
  private static final class Early {
    private final Command next;
    private final BitSet there = new BitSet();
    private final Map<Integer, int[][]> variablesIn = new HashMap<>();

    private Early(Command next) {
      this.next = next;
    }

    /** Tells whether all variables that have values in a part are there. */
    private boolean has(int part, int parts) {
      int[] range =
          variablesIn.computeIfAbsent(parts, any -> Command.Frame.variablesIn(next, parts))[part];
      return range[0] < range[1] && there.nextClearBit(range[0]) >= range[1];
    }
  }

  /** An answer to a part with variables of the next round. */
  private record EarlyAnswer(SparkInternals.Reply to, int part, int parts) {}

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
    IncomingAsk begun = asks.get(sender);
    IncomingAsk ask = begun != null && begun.has(frame) ? begun : null;
    if (isSums && !exchange.isOpen(frame.round())) {
      drop(ask, NOT_YET);
      reply.send(NOT_YET);
      return;
    }

    if (ask == null) {
      ask = begin(frame, isSums);
      asks.put(sender, ask);
    }

    boolean isComplete = ask.add(frame, reply);
    if (isSums && frame.part() > 0) {
      answerEarly(ask, frame.part());
    }

    if (isComplete) {
      asks.remove(sender);
      asked.incrementAndGet();
      exchange.report(report(ask), new Answers(ask));
    } else if (ask.reader() != null && frame.isEarly()) {
      earlyParts.incrementAndGet();
      exchange.note(
          new TaskEvent.Part(
              incarnation, frame.round(), ask.reader(), frame.part(), frame.payload()));
    }
  }

  private IncomingAsk begin(Report.Frame frame, boolean isSums) {
    if (!isSums) {
      return new IncomingAsk(frame, null);
    }

    IncomingAsk ask = new IncomingAsk(frame, reader(frame.round(), frame.parts()));
    ofRound.add(ask);
    return ask;
  }

  private Report report(IncomingAsk ask) {
    Report.Frame first = ask.first();
    SumsCodec.Reader reader = ask.reader();
    List<ByteBuffer> payloads = ask.takePayloads();
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
      ofRound.clear();
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
              boolean isLate = ask.reader() != null && ask.round() < before;
              if (isLate) {
                ask.answer(NOT_YET);
              }

              return isLate;
            });
  }

  /** Whoever gets an answer to one part waits for those to the parts as well that came before. */
  private void drop(@Nullable IncomingAsk begun, FrameBytes answer) {
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
      ofRound.clear();
      readers.clear();
      used = 0;
    }
  }

  /** Returns the number of bytes of sums that came, without headers of frames. */
  long sumsBytes() {
    return sumsBytes.get();
  }

  /** Returns how many parts of sums were sent while others were computed. */
  long earlyParts() {
    return earlyParts.get();
  }

  /** Returns how many parts of variables were sent while sums of the round before came. */
  long earlyAnswers() {
    return earlyAnswers.get();
  }

  /** Returns how often there was an ask. */
  long asks() {
    return asked.get();
  }

  @Override
  public boolean pays() {
    long now = earlyParts.get();
    boolean came = now > partsBefore;
    partsBefore = now;
    return came && !isVoid;
  }

  @Override
  public void publish(Command next, List<Integer> variables) {
    List<EarlyAnswer> answers = new ArrayList<>();
    synchronized (earlyLock) {
      Early known = early;
      if (known == null) {
        known = new Early(next);
        early = known;
      }

      variables.forEach(known.there::set);
      for (IncomingAsk ask : ofRound) {
        for (int part = 1; part < ask.parts(); part++) {
          take(known, ask, part, answers);
        }
      }
    }

    ChunkPool.shared().run(answers.size(), i -> send(next, answers.get(i)));
  }

  private static void take(Early known, IncomingAsk ask, int part, List<EarlyAnswer> answers) {
    if (ask.round() + 1 == known.next.round() && known.has(part, ask.parts())) {
      SparkInternals.Reply reply = ask.takeEarly(part, known.next.round());
      if (reply != null) {
        answers.add(new EarlyAnswer(reply, part, ask.parts()));
      }
    }
  }

  private void send(Command next, EarlyAnswer answer) {
    earlyAnswers.incrementAndGet();
    answer.to().send(frames.early(next, answer.part(), answer.parts()));
  }

  /** Under the lock, so that the next round does not begin meanwhile. */
  private void answerEarly(IncomingAsk ask, int part) {
    synchronized (earlyLock) {
      Early known = early;
      if (known != null) {
        List<EarlyAnswer> answers = new ArrayList<>();
        take(known, ask, part, answers);
        answers.forEach(answer -> send(known.next, answer));
      }
    }
  }

  @Override
  public void begin(Command command) {
    synchronized (earlyLock) {
      boolean went = early != null;
      boolean matches = frames.begin(command);
      early = null;
      earlyRound = went && matches ? command.round() : 0;
      isVoid |= !matches;
    }
  }

  @Override
  public void forget() {
    synchronized (earlyLock) {
      early = null;
      frames.forget();
    }
  }

  /** The first frame has a header that is not the same for all, and is always a new one. */
  private FrameBytes answer(Command command, int part, int parts) {
    return part == 0 || command.variables() == null
        ? VariableFrames.encode(command, part, parts, null)
        : frames.of(command, part, parts);
  }

  /** Answers all parts of an ask, each by a part of the command. */
  private final class Answers implements ReplyTo {
    private final IncomingAsk ask;

    private Answers(IncomingAsk ask) {
      this.ask = ask;
    }

    @Override
    public int parts() {
      return ask.parts();
    }

    @Override
    public boolean takes(Command command) {
      long got = ask.earlyRound();
      return got == 0 || (got == command.round() && got == earlyRound);
    }

    @Override
    public void answer(Command command, int part) {
      ask.answer(part, FrameReceiver.this.answer(command, part, parts()));
    }

    @Override
    public boolean isLocal() {
      return false;
    }
  }
}
