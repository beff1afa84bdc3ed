package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.seam.SparkInternals;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

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

  /** Returns the name under which the driver listens for tasks of other processes. */
  String name() {
    return name(fit);
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
    return receiver == null ? 0 : receiver.earlyParts();
  }

  /** Returns how often tasks of other processes asked for work. */
  long asks() {
    return receiver == null ? 0 : receiver.asks();
  }

  /** Returns what sends variables to other processes while a round is open. */
  EarlyVariables earlyVariables() {
    return receiver == null ? EarlyVariables.NONE : receiver;
  }

  @Override
  public void close() {
    ExecutorState.close(fit);
    if (listening != null) {
      listening.close();
    }
  }
}
