package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.SumsStream;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.SparkInternals;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/**
 * The connection to a driver in another process. An ask without an answer is repeated, and so is
 * one that is answered by {@link Command#NOT_YET}; so a step may take longer than {@code
 * spark.rpc.askTimeout}.
 */
final class RpcConnection implements DriverConnection {

  private final TaskId self;
  private final ExecutorState.Shared shared;
  private final SparkInternals.@Nullable Caller driver;
  private final Manner manner;
  private int asks;
  private GroupSums.@Nullable Member member;

  /**
   * How a task asks.
   *
   * @param parts in how many parts at least
   * @param heldMillis how long it waits for variables that another task brings, until they begin
   * @param partMillis how long it waits for the next part of them
   * @param groupMillis how long it waits for one of its group to ask
   */
  record Manner(int parts, long heldMillis, long partMillis, long groupMillis) {
    static Manner of(ExecutorState.Shared shared) {
      return new Manner(shared.variables().parts(), 2_000, 30_000, 500);
    }
  }

  RpcConnection(TaskId self, ExecutorNetworkSpec network) {
    this.self = self;
    this.driver = caller(self);
    this.shared = ExecutorState.acquire(self, network);
    this.manner = Manner.of(shared);
  }

  RpcConnection(
      TaskId self, ExecutorState.Shared shared, SparkInternals.Caller driver, Manner manner) {
    this.self = self;
    this.driver = driver;
    this.shared = shared;
    this.manner = manner;
  }

  private static SparkInternals.@Nullable Caller caller(TaskId self) {
    try {
      return SparkInternals.caller(DriverEndpoint.name(self.fit()));
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  @Override
  public void tell(Report report) {
    try {
      if (driver != null) {
        driver.tell(Report.Frame.ofText(report));
      }
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  @Override
  public Command ask(Report report) throws InterruptedException {
    try {
      return command(report, newAsk(report));
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  @Override
  public SumsStream stream(Command command, int shards) {
    boolean isStep = command.step() != null;
    int number = command.group().isShared() ? OutgoingAsk.OF_GROUP : ++asks;
    GroupSums group =
        shared
            .groups()
            .of(
                command.group(),
                shards,
                isStep ? shared.gradients() : 0,
                all -> new OutgoingAsk(number, manner.parts(), new SumsCodec(all)));
    Report report = Report.early(self, command);
    member = group == null ? null : group.new Member((ask, part) -> send(ask, report, part));
    return new Stream(command.round(), member);
  }

  /** Passes on what goes in and out while a task computes. */
  private final class Stream implements SumsStream {
    private final long round;
    private final GroupSums.@Nullable Member member;

    private Stream(long round, GroupSums.@Nullable Member member) {
      this.round = round;
      this.member = member;
    }

    @Override
    public void awaitVariables(int count) {
      try {
        shared.variables().require(round, count, manner.partMillis());
      } catch (InterruptedException e) {
        throw ResidentTask.<RuntimeException>unchecked(e);
      }
    }

    @Override
    public void begin(PartialSums sums) {
      if (member != null) {
        member.begin(sums);
      }
    }

    @Override
    public void finished(int gradient) {
      if (member != null) {
        member.finished(gradient);
      }
    }
  }

  private void send(OutgoingAsk ask, Report report, int part) {
    if (driver != null) {
      ask.send(report, part, driver, shared.frames());
    }
  }

  @Override
  public Command deliver(Report report) throws InterruptedException {
    Supplier<PartialSums> own = report.sums();
    GroupSums.Member last = member;
    if (own == null) {
      return ask(report);
    }

    GroupSums.Complete all = last == null ? null : last.end(own.get(), report.asMate());
    if (all == null) {
      return follow(report, last);
    }

    if (!report.group().isShared()) {
      return command(report, all.ask());
    }

    int group = report.group().id();
    shared.answers().expect(group);
    try {
      return command(report.withSums(all.sums(), all.others()), all.ask());
    } finally {
      shared.answers().put(group, null);
    }
  }

  /** Waits for what another task of the group is told, and asks itself if that takes long. */
  private Command follow(Report report, GroupSums.@Nullable Member left)
      throws InterruptedException {
    Command command = shared.answers().await(report.group().id(), manner.groupMillis());
    if (command == null || isKilled()) {
      command = ask(report.contributed());
      if (left != null) {
        left.withdraw();
      }
    }

    return command;
  }

  private static boolean isKilled() {
    return TaskContext.get().isInterrupted();
  }

  private Command command(Report report, OutgoingAsk first) throws InterruptedException {
    Report next = report;
    OutgoingAsk asking = first;
    while (driver != null && !isKilled()) {
      asking.sendRest(next, driver, shared.frames());
      Command answer = receive(asking);
      if (answer != null) {
        Command command = withVariables(answer);
        if (!next.mates().isEmpty()) {
          shared.answers().put(next.group().id(), answer.isForMates() ? command : null);
        }

        if (command != null) {
          return command;
        }

        next = answer.kind() == Command.Kind.WORK ? Report.unserved(self) : Report.ready(self);
      }

      asking = newAsk(next);
    }

    return Command.LEAVE;
  }

  private OutgoingAsk newAsk(Report report) {
    Supplier<PartialSums> sums = report.sums();
    int fewest = report.kind() == Report.Kind.CONTRIBUTED ? 1 : manner.parts();
    return new OutgoingAsk(++asks, fewest, sums == null ? null : new SumsCodec(sums.get()));
  }

  /** Returns a command that can be followed, null if there is nothing to do or to do it with. */
  private @Nullable Command withVariables(Command command) throws InterruptedException {
    if (command.kind() == Command.Kind.LEAVE) {
      return command;
    }

    ExecutorVariables held = shared.variables();
    return command.kind() == Command.Kind.WORK && held.await(command.round(), manner.heldMillis())
        ? command.withVariables(held.snapshot())
        : null;
  }

  /**
   * Returns the answer, null if there was none in time. Variables that it brings may still be on
   * their way.
   */
  private @Nullable Command receive(OutgoingAsk ask) throws InterruptedException {
    SparkInternals.Pending first = ask.answer(0);
    byte[] bytes = first.await();
    if (bytes == null) {
      return first.isGone() ? Command.LEAVE : null;
    }

    ask.giveBack(0, shared.frames());
    Command.Frame frame = Command.Frame.parse(bytes);
    Command command = frame.command();
    if (frame.hasValues()) {
      shared.variables().begin(command.round(), frame.parts());
      put(command, frame);
    }

    for (int part = 1; part < ask.parts(); part++) {
      int answered = part;
      ask.answer(part).whenAnswered(answer -> take(command, ask, answered, answer));
    }

    return command;
  }

  private void take(Command command, OutgoingAsk ask, int part, byte @Nullable [] answer) {
    if (answer == null) {
      shared.variables().lose(command.round(), ask.parts());
      return;
    }

    ask.giveBack(part, shared.frames());
    put(command, Command.Frame.parse(answer));
  }

  /** Frames of the same part may be those of all rounds; the first one names the round. */
  private void put(Command command, Command.Frame frame) {
    if (frame.hasValues()) {
      shared.variables().put(command.round(), frame.part(), frame.parts(), frame.values());
    }
  }

  @Override
  public void close() {
    shared.release();
  }
}
