package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Frames;
import io.firesteel.spark.internal.seam.SparkInternals;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/** Where the resident tasks of a fit find its exchange: in this process, or over Spark's RPC. */
final class ResidentDoor implements AutoCloseable {

  private final long fit;
  private final long askMillis;
  private final SparkInternals.@Nullable Listening listening;

  private ResidentDoor(long fit, long askMillis, SparkInternals.@Nullable Listening listening) {
    this.fit = fit;
    this.askMillis = askMillis;
    this.listening = listening;
  }

  /** Opens it for local tasks if Spark runs in this process alone, else for remote ones. */
  static ResidentDoor open(SparkContext context, long fit, ResidentExchange exchange) {
    long askMillis = SparkInternals.askTimeoutMillis(context.conf());
    if (context.isLocal()) {
      ResidentProcess.open(fit, exchange);
      return new ResidentDoor(fit, askMillis, null);
    }

    String name = Frames.endpoint(fit);
    return new ResidentDoor(fit, askMillis, SparkInternals.listen(name, new FrameServer(exchange)));
  }

  /** Returns the time after which an ask must have an answer. */
  long askMillis() {
    return askMillis;
  }

  @Override
  public void close() {
    ResidentProcess.close(fit);
    if (listening != null) {
      listening.close();
    }
  }
}
