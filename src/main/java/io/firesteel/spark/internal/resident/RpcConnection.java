package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.ExecutorVariables;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.tensor.ChunkPool;
import java.nio.ByteBuffer;
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

  /**
   * How a task asks.
   *
   * @param parts in how many parts at least
   * @param heldMillis how long it waits for variables that another task brings
   * @param groupMillis how long it waits for one of its group to ask
   */
  record Manner(int parts, long heldMillis, long groupMillis) {
    static Manner of(ExecutorState.Shared shared) {
      return new Manner(shared.variables().parts(), 2000, 500);
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
      return command(report);
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  @Override
  public Command deliver(Report report, int shards) throws InterruptedException {
    Supplier<PartialSums> own = report.sums();
    if (own == null || !report.group().isShared()) {
      return ask(report);
    }

    int group = report.group().id();
    ExecutorState.SumsCombiner.Combined all =
        shared.combiner().combine(report.group(), shards, own.get(), report.asMate());
    if (all == null) {
      Command command = shared.answers().await(group, manner.groupMillis());
      if (command == null || isKilled()) {
        command = ask(report.contributed());
        shared.combiner().withdraw(group);
      }

      return command;
    }

    shared.answers().expect(group);
    try {
      return ask(report.withSums(all.sums(), all.others()));
    } finally {
      shared.answers().put(group, null);
    }
  }

  private Command command(Report report) throws InterruptedException {
    Report next = report;
    while (driver != null && !isKilled()) {
      Command answer = send(driver, next);
      if (answer == null) {
        continue;
      }

      Command command = withVariables(answer);
      if (!next.mates().isEmpty()) {
        shared.answers().put(next.group().id(), answer.isForMates() ? command : null);
      }

      if (command != null) {
        return command;
      }

      Report.Kind kind =
          answer.kind() == Command.Kind.WORK ? Report.Kind.UNSERVED : Report.Kind.READY;
      next = Report.of(self, kind, "");
    }

    return Command.LEAVE;
  }

  private static boolean isKilled() {
    return TaskContext.get().isInterrupted();
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

  /** Returns the answer, null if there was none in time. */
  private @Nullable Command send(SparkInternals.Caller to, Report report)
      throws InterruptedException {
    Supplier<PartialSums> supplier = report.sums();
    SumsCodec sums = supplier == null ? null : new SumsCodec(supplier.get());
    int count = report.kind() == Report.Kind.CONTRIBUTED ? 1 : manner.parts();
    if (sums != null) {
      count = Math.max(manner.parts(), sums.parts());
    }

    int all = count;
    int ask = ++asks;
    FrameBytes[] frames = new FrameBytes[all];
    SparkInternals.Pending[] pending = new SparkInternals.Pending[all];
    ChunkPool.shared()
        .run(
            all,
            part -> {
              frames[part] = frame(report, sums, ask, part, all);
              pending[part] = to.ask(frames[part]);
            });
    return receive(frames, pending);
  }

  /** Returns one of several parts of an ask; threads that have nothing to do write parts too. */
  private FrameBytes frame(Report report, @Nullable SumsCodec sums, int ask, int part, int all) {
    int size = sums == null ? 0 : sums.partBytes(part, all);
    FrameBytes frame = shared.frames().take(Report.Frame.headerBytes(report, part) + size);
    ByteBuffer target = frame.writer();
    Report.Frame.begin(report, ask, part, all, target);
    if (sums != null) {
      sums.write(part, all, target);
    }

    return frame;
  }

  /** A frame that was answered has left this process whole, so its array is free. */
  private @Nullable Command receive(FrameBytes[] frames, SparkInternals.Pending[] pending)
      throws InterruptedException {
    Command command = null;
    boolean supplied = false;
    for (int part = 0; part < pending.length; part++) {
      byte[] bytes = pending[part].await();
      if (bytes == null) {
        return pending[part].isGone() ? Command.LEAVE : null;
      }

      shared.frames().giveBack(frames[part]);
      Command.Frame frame = Command.Frame.parse(bytes);
      command = command == null ? frame.command() : command;
      if (frame.hasValues()) {
        supplied = true;
        shared.variables().put(command.round(), frame.part(), frame.parts(), frame.values());
      }
    }

    if (supplied && command != null) {
      shared.variables().complete(command.round());
    }

    return command;
  }

  @Override
  public void close() {
    shared.release();
  }
}
