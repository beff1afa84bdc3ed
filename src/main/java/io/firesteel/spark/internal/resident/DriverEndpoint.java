package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.seam.SparkInternals;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/** Where the resident tasks of a fit find its exchange: in this process, or over Spark's RPC. */
final class DriverEndpoint implements AutoCloseable {

  private final long fit;
  private final long askMillis;
  private final SparkInternals.@Nullable Listening listening;

  private DriverEndpoint(long fit, long askMillis, SparkInternals.@Nullable Listening listening) {
    this.fit = fit;
    this.askMillis = askMillis;
    this.listening = listening;
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

    String name = name(fit);
    return new DriverEndpoint(
        fit, askMillis, SparkInternals.listen(name, new FrameReceiver(exchange)));
  }

  /** Returns the time after which an ask must have an answer. */
  long askMillis() {
    return askMillis;
  }

  @Override
  public void close() {
    ExecutorState.close(fit);
    if (listening != null) {
      listening.close();
    }
  }
}
