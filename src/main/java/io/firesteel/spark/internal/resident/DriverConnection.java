package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.SumsStream;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.seam.SparkInternals;

/** What a resident task reaches the driver by. */
interface DriverConnection extends AutoCloseable {

  /** Tells something that has no answer. */
  void tell(Report report);

  /** Tells something and waits for what to do: to leave, or work with its variables. */
  Command ask(Report report) throws InterruptedException;

  /**
   * Returns what a task gets the variables of a command from, and gives gradients to while it
   * computes.
   *
   * @param shards the number of shards of the data set
   */
  SumsStream stream(Command command, int shards);

  /**
   * Brings the sums that a command asked for, and waits for what to do next. If the task has a
   * group, what it brings are the sums of the whole group, or nothing if others are not ready.
   *
   * @param report the sums of the task alone, as they went through the {@link #stream}
   */
  Command deliver(Report report) throws InterruptedException;

  @Override
  void close();

  /**
   * The connection to a driver in this process: everything goes by reference. The driver answers
   * every ask in the end, whatever happens, so there is no time limit.
   */
  final class Local implements DriverConnection {

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

    Local(TaskExchange exchange) {
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
    public SumsStream stream(Command command, int shards) {
      return SumsStream.NONE;
    }

    @Override
    public Command deliver(Report report) throws InterruptedException {
      return ask(report);
    }

    @Override
    public void close() {}
  }

  /** Says that a process lacks what {@link SparkInternals} needs of Spark. */
  final class MissingInternalsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MissingInternalsException(Throwable cause) {
      super(cause.toString(), cause);
    }

    MissingInternalsException(String what) {
      super(what);
    }
  }
}
