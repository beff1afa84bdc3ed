package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Greeting;
import io.firesteel.spark.internal.frames.Order;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.ResidentId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of the talk with the resident tasks of a fit. It knows which tasks there are,
 * parks those that wait for work, and hands what they bring to the trainer's thread; it does no
 * arithmetic and no waiting.
 *
 * <p>Who is not of the current incarnation is told to leave. Who brings sums of another round than
 * the open one, or a second time, brings nothing: it gets the open round's work, or is parked. So
 * every report may be repeated.
 *
 * <p>The variables of an order are the trainer's own arrays, which it changes between two rounds.
 * All that count for a round have then been summed, and a straggler that still reads them brings
 * sums of a round that is over.
 */
final class ResidentExchange {

  private final long fit;
  private final Inbox<ResidentEvent> inbox = new Inbox<>();
  private int incarnation;
  private Seats seats = new Seats(0);
  private @Nullable Order open;
  private Set<String> supplied = Set.of();
  private @Nullable String firstFailure;
  private long activeAt = System.nanoTime();
  private long notYets;

  ResidentExchange(long fit) {
    this.fit = fit;
  }

  private record Answer(ReplyTo to, Order order) {}

  /** Takes a report; {@code replyTo} is null where nothing is to be answered. */
  void report(Report report, @Nullable ReplyTo replyTo) {
    boolean welcome;
    synchronized (this) {
      welcome = isCurrent(report.from());
      if (welcome) {
        take(report, replyTo);
      }
    }

    if (!welcome && replyTo != null) {
      replyTo.answer(Order.LEAVE);
    }
  }

  /** Tells whether somebody is of the current incarnation; others are to leave. */
  synchronized boolean isCurrent(ResidentId id) {
    return id.fit() == fit && id.incarnation() == incarnation && id.task() < seats.count();
  }

  private void take(Report report, @Nullable ReplyTo replyTo) {
    ResidentId from = report.from();
    Seat seat = seats.of(from.task());
    activeAt = System.nanoTime();
    if (from.stageAttempt() > 0) {
      inbox.put(new ResidentEvent.Broken(incarnation, "Spark started its stage again", 0));
    }

    switch (report.kind()) {
      case HELLO -> {
        Greeting greeting = Greeting.parse(report.text());
        seat.attempt(from.attempt()).greeting = greeting;
        inbox.put(new ResidentEvent.Joined(from, greeting));
      }
      case READY, UNSERVED, SUMS -> {
        takeSums(report, seat);
        park(seat.attempt(from.attempt()), report, replyTo);
      }
      case FAILED, REFUSED -> fail(report, seat);
    }
  }

  private void takeSums(Report report, Seat seat) {
    Order order = open;
    if (report.sums() != null
        && order != null
        && order.round() == report.round()
        && !seat.delivered) {
      seat.delivered = true;
      inbox.put(
          new ResidentEvent.Sums(
              incarnation, report.round(), report.sums(), report.from(), report.time()));
    }
  }

  private void park(Seat.Attempt attempt, Report report, @Nullable ReplyTo replyTo) {
    attempt.parked = replyTo;
    attempt.parkedAt = System.nanoTime();
    attempt.wantsVariables = report.kind() == Report.Kind.UNSERVED;
    if (open != null && !seats.of(report.from().task()).delivered) {
      inbox.put(new ResidentEvent.Waiting());
    }
  }

  private void fail(Report report, Seat seat) {
    if (firstFailure == null) {
      long attempt = report.from().attempt();
      Greeting greeting = seat.attempt(attempt).greeting;
      String place =
          greeting == null
              ? ""
              : " on executor %s (%s)".formatted(greeting.executor(), greeting.host());
      firstFailure = report.text() + place;
    }

    seat.remove(report.from().attempt());
    if (report.kind() == Report.Kind.REFUSED) {
      inbox.put(new ResidentEvent.Refused(incarnation));
    }
  }

  /** Waits for what happens next. */
  ResidentEvent next() throws InterruptedException {
    return inbox.take();
  }

  /** Notes something that others than the tasks saw. */
  void note(ResidentEvent event) {
    inbox.put(event);
  }

  /** Makes seats for a job of that many tasks and returns the number of its incarnation. */
  synchronized int admit(int tasks) {
    incarnation++;
    seats = new Seats(tasks);
    activeAt = System.nanoTime();
    return incarnation;
  }

  /** Tells all tasks to leave, those that wait at once and the others when they report. */
  void dismiss() {
    List<ReplyTo> waiting;
    synchronized (this) {
      waiting = seats.takeParked();
      incarnation++;
      seats = new Seats(0);
      open = null;
    }

    waiting.forEach(replyTo -> replyTo.answer(Order.LEAVE));
  }

  /** Opens a round and hands out its work. */
  void begin(Order order) {
    synchronized (this) {
      open = order;
      supplied = new HashSet<>();
      seats.beginRound();
    }

    serve();
  }

  /** Hands out the work of the open round to those who wait for it. */
  void serve() {
    List<Answer> answers = new ArrayList<>();
    synchronized (this) {
      Order order = open;
      if (order == null) {
        return;
      }

      seats.takeUnserved(
          (attempt, parked) -> answers.add(new Answer(parked, orderFor(attempt, parked, order))));
    }

    answers.forEach(answer -> answer.to().answer(answer.order()));
  }

  /** The variables go to one task a process; the others take them from there. */
  private Order orderFor(Seat.Attempt attempt, ReplyTo replyTo, Order order) {
    Greeting greeting = attempt.greeting;
    boolean supply =
        replyTo.isLocal()
            || attempt.wantsVariables
            || greeting == null
            || supplied.add(greeting.executor());
    return supply ? order : order.withoutVariables();
  }

  /** Closes the round: all its sums are there. */
  synchronized void end() {
    open = null;
    firstFailure = null;
  }

  /** Answers those who have waited for longer than that, so that their asks don't time out. */
  void answerNotYet(long nanos) {
    List<ReplyTo> waiting;
    synchronized (this) {
      waiting = seats.takeRemoteParked(nanos);
      notYets += waiting.size();
    }

    waiting.forEach(replyTo -> replyTo.answer(Order.NOT_YET));
  }

  /** Notes that Spark started an attempt, which will speak for itself when it is up. */
  synchronized void started(int job, int task, long attempt) {
    if (job == incarnation && task < seats.count()) {
      seats.of(task).attempt(attempt);
      activeAt = System.nanoTime();
    }
  }

  /** Notes that an attempt ended, however it did. */
  synchronized void ended(int job, int task, long attempt) {
    if (job == incarnation && task < seats.count()) {
      seats.of(task).remove(attempt);
      activeAt = System.nanoTime();
    }
  }

  /** Tells all tasks of a job to leave, unless it is over. */
  void dismiss(int job) {
    boolean current;
    synchronized (this) {
      current = job == incarnation;
    }

    if (current) {
      dismiss();
    }
  }

  /**
   * Notes that the job is to be put together anew, with as many tasks as came, if some are missing
   * and nothing has been heard for that long.
   */
  synchronized void reassemble(long nanos) {
    int came = taken();
    if (came > 0 && came < seats.count() && quietNanos() > nanos) {
      activeAt = System.nanoTime();
      String reason = "%d of %d tasks are there".formatted(came, seats.count());
      inbox.put(new ResidentEvent.Broken(incarnation, reason, came));
    }
  }

  /** Notes that Spark works on the job. */
  synchronized void active() {
    activeAt = System.nanoTime();
  }

  /** Returns for how long nothing has been heard of or from the job. */
  synchronized long quietNanos() {
    return System.nanoTime() - activeAt;
  }

  /** Returns how many tasks have at least one attempt. */
  synchronized int taken() {
    return seats.taken();
  }

  /** Returns the tasks whose sums are missing, with the places where they run. */
  synchronized String missing() {
    return seats.missing();
  }

  /** Returns the first failure since a round was completed, with its executor, or null. */
  synchronized @Nullable String firstFailure() {
    return firstFailure;
  }

  /** Returns how many asks were answered with nothing to do. */
  synchronized long notYets() {
    return notYets;
  }
}
