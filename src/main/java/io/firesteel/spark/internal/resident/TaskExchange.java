package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The driver's side of the exchange with the resident tasks of a fit. It knows which tasks there
 * are, parks those that wait for work, and hands what they bring to the trainer's thread; it does
 * no arithmetic and no waiting.
 *
 * <p>Who is not of the current incarnation is told to leave. Who brings sums of another round than
 * the open one, or a second time, brings nothing: it gets the open round's work, or is parked. So
 * every report may be repeated.
 *
 * <p>The variables of a command are the trainer's own arrays, which it changes between two rounds,
 * or copies that it {@linkplain #hold holds} for the round. When they change, all that count for
 * the round have been summed, and a straggler that still reads them brings sums of a round that is
 * over.
 */
final class TaskExchange {

  /** To one attempt that is over; others that wait with it may go on. */
  private static final Command LEAVE_ALONE = Command.LEAVE.within(Command.Group.ALONE, false);

  private final long fit;
  private final Inbox<TaskEvent> inbox = new Inbox<>();
  private int incarnation;
  private TaskTable tasks = new TaskTable(0);
  private final TaskTable.Groups groups = new TaskTable.Groups();
  private @Nullable Command open;
  private Set<String> supplied = Set.of();
  private @Nullable String firstFailure;
  private long activeAt = System.nanoTime();
  private long notYets;

  TaskExchange(long fit) {
    this.fit = fit;
  }

  /** Takes a report; {@code replyTo} is null where nothing is to be answered. */
  void report(Report report, @Nullable ReplyTo replyTo) {
    Command answer;
    synchronized (this) {
      answer = isCurrent(report.from()) ? take(report, replyTo) : Command.LEAVE;
    }

    if (answer != null && replyTo != null) {
      replyTo.answer(answer);
    }
  }

  /** Tells whether a task is of the current incarnation; others are to leave. */
  synchronized boolean isCurrent(TaskId id) {
    return id.fit() == fit && id.incarnation() == incarnation && id.task() < tasks.count();
  }

  /** Returns what is to be answered at once, null if the task waits for work or for nothing. */
  private @Nullable Command take(Report report, @Nullable ReplyTo replyTo) {
    TaskId from = report.from();
    TaskTable.Entry entry = tasks.of(from.task());
    activeAt = System.nanoTime();
    boolean isFailure = report.kind() == Report.Kind.FAILED || report.kind() == Report.Kind.REFUSED;
    if (entry.isEnded(from.attempt()) && !isFailure) {
      return LEAVE_ALONE;
    }

    if (from.stageAttempt() > 0) {
      inbox.put(new TaskEvent.Broken(incarnation, "Spark started its stage again", 0));
    }

    switch (report.kind()) {
      case HELLO -> {
        WorkerInfo info = WorkerInfo.parse(report.text());
        entry.attempt(from.attempt()).info = info;
        inbox.put(new TaskEvent.Joined(from, info));
      }
      case READY, UNSERVED, SUMS, CONTRIBUTED -> {
        TaskTable.Attempt attempt = entry.attempt(from.attempt());
        boolean taken = takeSums(report, entry);
        takeContribution(report, entry, attempt);
        if (!taken && !report.mates().isEmpty()) {
          return Command.NOT_YET;
        }

        park(attempt, report, replyTo);
      }
      case FAILED, REFUSED -> fail(report, entry);
    }

    return null;
  }

  /** Tells whether a round is open: whether its sums are waited for. */
  synchronized boolean isOpen(long round) {
    return open != null && open.round() == round;
  }

  /** Returns whether there were sums that count. */
  private boolean takeSums(Report report, TaskTable.Entry entry) {
    Supplier<PartialSums> sums = report.sums();
    if (sums == null || !isOpen(report.round()) || entry.delivered) {
      return false;
    }

    int count = 1;
    if (report.group().isShared()) {
      Collection<Integer> members = groups.tasks(report.group().id());
      if (members == null) {
        return false;
      }

      members.forEach(task -> tasks.of(task).delivered = true);
      count = members.size();
    } else {
      entry.delivered = true;
      giveUp(groups.giveUp(report.from().task()));
    }

    List<Report.Mate> untold = new ArrayList<>(report.mates());
    untold.removeIf(mate -> tasks.hasContributed(mate, report.group().id()));
    inbox.put(new TaskEvent.Sums(incarnation, report, sums, count, untold));
    return true;
  }

  /** If the group's sums are there already, they told of this one too. */
  private void takeContribution(Report report, TaskTable.Entry entry, TaskTable.Attempt attempt) {
    int group = report.group().id();
    if (report.kind() == Report.Kind.CONTRIBUTED
        && isOpen(report.round())
        && !entry.delivered
        && groups.tasks(group) != null) {
      attempt.contributedTo = group;
      inbox.put(new TaskEvent.Contributed(incarnation, report.asMate()));
    }
  }

  /** Makes the tasks of a group that was given up repeat their work, each alone. */
  private void giveUp(boolean gaveUp) {
    if (gaveUp) {
      inbox.put(new TaskEvent.Waiting());
    }
  }

  private void park(TaskTable.Attempt attempt, Report report, @Nullable ReplyTo replyTo) {
    attempt.parked = replyTo;
    attempt.lead = null;
    tasks.follow(attempt, report.mates());
    attempt.parkedAt = System.nanoTime();
    attempt.isRemote = replyTo != null && !replyTo.isLocal();
    attempt.wantsVariables = report.kind() == Report.Kind.UNSERVED;
    attempt.takesVariables = report.kind() != Report.Kind.CONTRIBUTED;
    if (open != null
        && !tasks.of(report.from().task()).delivered
        && groups.tasks(attempt.contributedTo) == null) {
      inbox.put(new TaskEvent.Waiting());
    }
  }

  private void fail(Report report, TaskTable.Entry entry) {
    if (firstFailure == null) {
      long attempt = report.from().attempt();
      WorkerInfo info = entry.attempt(attempt).info;
      String place =
          info == null ? "" : " on executor %s (%s)".formatted(info.executor(), info.host());
      firstFailure = report.text() + place;
    }

    giveUp(groups.giveUp(report.from().task(), report.from().attempt()));
    entry.remove(report.from().attempt());
    if (report.kind() == Report.Kind.REFUSED) {
      inbox.put(new TaskEvent.Refused(incarnation));
    }
  }

  /** Returns what has happened next, null if nothing has. */
  @Nullable TaskEvent poll() {
    return inbox.poll();
  }

  /** Waits for what happens next. */
  TaskEvent next() throws InterruptedException {
    return inbox.take();
  }

  /** Notes something that others than the tasks saw. */
  void note(TaskEvent event) {
    inbox.put(event);
  }

  /** Makes room for a job of that many tasks and returns the number of its incarnation. */
  synchronized int admit(int count) {
    incarnation++;
    tasks = new TaskTable(count);
    activeAt = System.nanoTime();
    return incarnation;
  }

  /** Tells all tasks to leave, those that wait at once and the others when they report. */
  void dismiss() {
    List<ReplyTo> waiting;
    synchronized (this) {
      waiting = tasks.takeParked();
      incarnation++;
      tasks = new TaskTable(0);
      open = null;
    }

    waiting.forEach(replyTo -> replyTo.answer(Command.LEAVE));
  }

  /** Opens a round and hands out its work. */
  void begin(Command command) {
    synchronized (this) {
      open = command;
      supplied = new HashSet<>();
      tasks.beginRound();
      groups.begin(tasks);
    }

    serve();
  }

  /**
   * Has the open round go on with copies of its variables, so that the trainer can change its own.
   */
  synchronized void hold(Command copies) {
    open = copies;
  }

  /** Hands out the work of the open round to those who wait for it. */
  void serve() {
    List<ReplyTo.Answer> answers = new ArrayList<>();
    synchronized (this) {
      Command command = open;
      if (command == null) {
        return;
      }

      tasks.takeUnserved(
          group -> groups.tasks(group) != null,
          (task, attempt, parked) -> {
            if (!parked.takes(command)) {
              answers.add(new ReplyTo.Answer(parked, Command.NOT_YET));
              return;
            }

            Command.Group group = groups.of(task, attempt.id);
            Command work = command.within(group, tasks.takeFollowers(attempt, group, groups));
            answers.add(new ReplyTo.Answer(parked, withVariables(work, attempt, parked)));
          });
    }

    ReplyTo.Answer.send(answers);
  }

  /** The variables go to one task a process; the others take them from there. */
  private Command withVariables(Command command, TaskTable.Attempt attempt, ReplyTo replyTo) {
    WorkerInfo info = attempt.info;
    boolean supply =
        replyTo.isLocal()
            || attempt.wantsVariables
            || info == null
            || (attempt.takesVariables && supplied.add(info.executor()));
    return supply ? command : command.withoutVariables();
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
      waiting = tasks.takeRemoteParked(nanos);
      notYets += waiting.size();
    }

    waiting.forEach(replyTo -> replyTo.answer(Command.NOT_YET));
  }

  /** Notes that Spark started an attempt, which will speak for itself when it is up. */
  synchronized void started(int job, int task, long attempt) {
    if (job == incarnation && task < tasks.count() && !tasks.of(task).isEnded(attempt)) {
      tasks.of(task).attempt(attempt);
      activeAt = System.nanoTime();
    }
  }

  /**
   * Notes that an attempt ended, however it did. One that Spark has taken for lost and that goes on
   * nevertheless is told to leave, so that nobody counts on it.
   */
  void ended(int job, int task, long attempt) {
    ReplyTo waiting = null;
    synchronized (this) {
      if (job == incarnation && task < tasks.count()) {
        giveUp(groups.giveUp(task, attempt));
        waiting = tasks.of(task).end(attempt);
        activeAt = System.nanoTime();
      }
    }

    if (waiting != null) {
      waiting.answer(LEAVE_ALONE);
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
    if (came > 0 && came < tasks.count() && quietNanos() > nanos) {
      activeAt = System.nanoTime();
      String reason = "%d of %d tasks are there".formatted(came, tasks.count());
      inbox.put(new TaskEvent.Broken(incarnation, reason, came));
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
    return tasks.taken();
  }

  /** Returns the tasks whose sums are missing, with the places where they run. */
  synchronized String missing() {
    return tasks.missing();
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
