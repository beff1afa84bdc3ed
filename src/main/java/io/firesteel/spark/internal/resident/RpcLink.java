package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.frames.Frames;
import io.firesteel.spark.internal.frames.HeldVariables;
import io.firesteel.spark.internal.frames.Order;
import io.firesteel.spark.internal.frames.OrderFrame;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.ReportFrame;
import io.firesteel.spark.internal.frames.ResidentId;
import io.firesteel.spark.internal.frames.SumsParts;
import io.firesteel.spark.internal.seam.SparkInternals;
import io.firesteel.training.PartialSums;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.apache.spark.TaskContext;
import org.jspecify.annotations.Nullable;

/**
 * The line to a driver in another process. An ask that stays without an answer is made again, one
 * that is answered by {@link Order#NOT_YET} too; so a step may take longer than {@code
 * spark.rpc.askTimeout}.
 */
final class RpcLink implements DriverLink {

  private static final long HELD_MILLIS = 2000;

  private final ResidentId self;
  private final ResidentProcess.Shared shared;
  private final SparkInternals.@Nullable Caller driver;
  private final int parts;
  private int asks;

  RpcLink(ResidentId self, NetworkRecipe network) {
    this.self = self;
    this.driver = caller(self);
    this.shared = ResidentProcess.acquire(self, network);
    this.parts = Frames.parts(shared.variables().bytes());
  }

  private static SparkInternals.@Nullable Caller caller(ResidentId self) {
    try {
      return SparkInternals.caller(Frames.endpoint(self.fit()));
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  @Override
  public void tell(Report report) {
    try {
      if (driver != null) {
        driver.tell(ReportFrame.ofText(report));
      }
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  @Override
  public Order ask(Report report) throws InterruptedException {
    try {
      return order(report);
    } catch (LinkageError | ClassCastException e) {
      throw new MissingInternalsException(e);
    }
  }

  private Order order(Report report) throws InterruptedException {
    Report next = report;
    while (driver != null && !TaskContext.get().isInterrupted()) {
      Order order = send(driver, next);
      if (order == null) {
        continue;
      }

      if (order.kind() == Order.Kind.LEAVE) {
        return order;
      }

      HeldVariables held = shared.variables();
      if (order.kind() == Order.Kind.WORK && held.await(order.round(), HELD_MILLIS)) {
        return order.withVariables(held.snapshot());
      }

      Report.Kind kind = order.kind() == Order.Kind.WORK ? Report.Kind.UNSERVED : Report.Kind.READY;
      next = Report.of(self, kind, "");
    }

    return Order.LEAVE;
  }

  /** Returns the answer, null if there was none in time. */
  private @Nullable Order send(SparkInternals.Caller to, Report report)
      throws InterruptedException {
    Supplier<PartialSums> supplier = report.sums();
    SumsParts sums = supplier == null ? null : new SumsParts(supplier.get());
    int count = sums == null ? parts : Math.max(parts, Frames.parts(sums.bytes()));
    int ask = ++asks;
    List<SparkInternals.Pending> pending = new ArrayList<>(count);
    for (int part = 0; part < count; part++) {
      int room = sums == null ? 0 : sums.partBytes(part, count);
      ByteBuffer frame = ReportFrame.begin(report, ask, part, count, room);
      if (sums != null) {
        sums.write(part, count, frame);
      }

      pending.add(to.ask(frame.array()));
    }

    return receive(pending);
  }

  private @Nullable Order receive(List<SparkInternals.Pending> pending)
      throws InterruptedException {
    Order order = null;
    boolean supplied = false;
    for (SparkInternals.Pending answer : pending) {
      byte[] bytes = answer.await();
      if (bytes == null) {
        return answer.isGone() ? Order.LEAVE : null;
      }

      OrderFrame frame = OrderFrame.parse(bytes);
      order = frame.order();
      if (frame.hasValues()) {
        supplied = true;
        shared.variables().put(order.round(), frame.part(), frame.parts(), frame.values());
      }
    }

    if (supplied && order != null) {
      shared.variables().complete(order.round());
    }

    return order;
  }

  @Override
  public void close() {
    shared.release();
  }
}
