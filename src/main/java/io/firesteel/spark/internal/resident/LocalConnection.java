package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;

/**
 * The connection to a driver in this process: everything goes by reference. The driver answers
 * every ask in the end, whatever happens, so there is no time limit.
 */
final class LocalConnection implements DriverConnection {

  private final TaskExchange exchange;
  private final Inbox<Command> answers = new Inbox<>();
  private final ReplyTo replyTo =
      new ReplyTo() {
        @Override
        public int parts() {
          return 1;
        }

        @Override
        public void answer(Command command, int part) {
          answers.put(command);
        }

        @Override
        public boolean isLocal() {
          return true;
        }
      };

  LocalConnection(TaskExchange exchange) {
    this.exchange = exchange;
  }

  @Override
  public void tell(Report report) {
    exchange.report(report, null);
  }

  @Override
  public Command ask(Report report) throws InterruptedException {
    exchange.report(report, replyTo);
    return answers.take();
  }

  @Override
  public Command deliver(Report report, int shards) throws InterruptedException {
    return ask(report);
  }

  @Override
  public void close() {}
}
