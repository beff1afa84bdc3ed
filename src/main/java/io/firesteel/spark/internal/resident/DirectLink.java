package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Order;
import io.firesteel.spark.internal.frames.Report;

/**
 * The line to a driver in this process: everything goes by reference. The driver answers on its own
 * accord, whatever happens, so there is no time limit.
 */
final class DirectLink implements DriverLink {

  private final ResidentExchange exchange;
  private final Inbox<Order> answers = new Inbox<>();
  private final ReplyTo replyTo =
      new ReplyTo() {
        @Override
        public void answer(Order order) {
          answers.put(order);
        }

        @Override
        public boolean isLocal() {
          return true;
        }
      };

  DirectLink(ResidentExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public void tell(Report report) {
    exchange.report(report, null);
  }

  @Override
  public Order ask(Report report) throws InterruptedException {
    exchange.report(report, replyTo);
    return answers.take();
  }

  @Override
  public void close() {}
}
