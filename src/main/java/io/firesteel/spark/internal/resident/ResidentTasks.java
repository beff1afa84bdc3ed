package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.monitoring.Causes;
import io.firesteel.internal.monitoring.Phase;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.spark.internal.execution.Environments;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.variables.VariableValues;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The resident tasks of one fit, from the trainer's side: it submits the job, asks the tasks for a
 * round's sums, submits the job anew when tasks were lost, and gives up when nothing helps. A round
 * is a step or an evaluation; it can be started again at will, because tasks keep no state.
 *
 * <p>The trainer's thread calls {@link #mayRun} and {@link #perform}; a {@link RoundTimer} looks
 * after those who wait meanwhile.
 */
final class ResidentTasks implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ResidentTasks.class);

  private static final int NONE = -1;
  private static final long QUIET_MILLIS = 250;

  private final ResidentJobs jobs;
  private final SourceSettings settings;
  private final Environments environments;
  private final TaskExchange exchange;
  private final DriverEndpoint endpoint;
  private final SlotShares.Share share;
  private final RoundTimer timer;
  private final RoundSums sums;

  private int wantedTasks;
  private int seenVersion = NONE;
  private int slots = 1;
  private boolean progressed;
  private long round;
  private StepClock clock = StepClock.OFF;
  private volatile BiConsumer<String, String> events = (kind, text) -> {};

  ResidentTasks(ResidentJobs jobs, SourceSettings settings, Environments environments) {
    this.jobs = jobs;
    this.settings = settings;
    this.environments = environments;
    this.exchange = jobs.exchange();
    this.endpoint = DriverEndpoint.open(jobs.context(), jobs.fit(), exchange);
    this.sums = new RoundSums(endpoint.earlyVariables(), new FasterWay());
    this.share = SlotShares.enter(jobs.context(), Long.toHexString(jobs.fit()), new Events());
    this.timer = new RoundTimer(exchange, settings, endpoint.askMillis(), this::withdraw);
  }

  /** Passes on what Spark says of the job. */
  private final class Events implements SlotShares.JobEvents {
    @Override
    public void active() {
      exchange.active();
    }

    @Override
    public void taskStarted(int ofIncarnation, int task, long attempt) {
      exchange.started(ofIncarnation, task, attempt);
    }

    @Override
    public void taskEnded(int ofIncarnation, int task, long attempt) {
      exchange.ended(ofIncarnation, task, attempt);
    }

    @Override
    public void broken(int ofIncarnation, String reason) {
      exchange.note(new TaskEvent.Broken(ofIncarnation, reason, 0));
    }
  }

  /** Sets what measures the phases, and what is told when tasks start and end. */
  void observeWith(StepClock stepClock, BiConsumer<String, String> listener) {
    clock = stepClock;
    events = listener;
  }

  /**
   * Tells whether the fit has slots for the next round. If others need the slots, the tasks leave
   * first.
   *
   * @throws CancellationException if the thread is interrupted
   */
  boolean mayRun() {
    timer.begin(round);
    try {
      if (share.othersStarve(settings.yieldMillis() * 1_000_000)) {
        leave("another job waits for a slot");
        share.awaitOthers(QUIET_MILLIS, 10 * settings.yieldMillis());
      }

      if (share.version() != seenVersion) {
        resize();
      }

      return slots > 0;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      timer.end();
    }
  }

  /**
   * Lets the tasks go until the next round.
   *
   * @throws CancellationException if the thread is interrupted
   */
  void makeWay() {
    timer.begin(round);
    try {
      leave("callbacks use the cluster");
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      timer.end();
    }
  }

  private void resize() throws InterruptedException {
    int version = share.version();
    slots = share.slots();
    int tasks = jobs.tasks();
    if (slots < tasks) {
      leave("the fit has fewer slots");
    } else if (jobs.isThere()
        && Math.min(slots, share.free()) > tasks
        && tasks < jobs.shards(DataSet.TRAINING)) {
      if (jobs.millis() < settings.reassemblyMillis()) {
        return;
      }

      leave("there are more slots");
    }

    seenVersion = version;
  }

  /**
   * Runs a round and returns the sums over all shards of a data set.
   *
   * @param early what updates variables meanwhile, and undoes that if the round fails
   * @throws CancellationException if the thread is interrupted, or somebody cancels the job
   * @throws IllegalStateException if the job fails, with its first cause, or takes too long
   * @throws DriverConnection.MissingInternalsException if an executor lacks Spark's internals
   */
  GradientSums perform(
      DataSet data, @Nullable Step step, VariableValues variables, EarlyUpdates early) {
    timer.begin(++round);
    boolean isDone = false;
    try {
      GradientSums result = perform(Command.work(round, data, step, variables), early);
      isDone = true;
      return result;
    } catch (InterruptedException e) {
      throw interrupted();
    } finally {
      timer.end();
      if (!isDone) {
        sums.undo();
      }
    }
  }

  private GradientSums perform(Command first, EarlyUpdates early) throws InterruptedException {
    Command command = first;
    sums.open(command, jobs.isThere());
    while (true) {
      if (!jobs.isThere()) {
        submit();
      }

      sums.begin(command.data(), jobs.shards(command.data()));
      exchange.begin(command);
      clock.lap(Phase.PUBLISH);
      command = sums.beginEarly(command, early, exchange);
      if (collect()) {
        exchange.end();
        progressed = true;
        GradientSums result = sums.result();
        clock.lap(Phase.REDUCE);
        return result;
      }
    }
  }

  /** Returns whether all sums came; if not, the round is to begin anew. */
  private boolean collect() throws InterruptedException {
    int missing = jobs.tasks();
    while (missing > 0) {
      TaskEvent event = sums.next(exchange);
      clock.lap(Phase.WAIT);
      if (event instanceof TaskEvent.Sums come) {
        if (isOpen(come.incarnation(), come.report().round())) {
          missing -= come.tasks();
          sums.add(come, missing == 0);
          come.workers().forEach(this::worked);
          clock.lap(Phase.REDUCE);
        }
      } else if (event instanceof TaskEvent.Part part && isOpen(part.incarnation(), part.round())) {
        sums.add(part);
      } else if (event instanceof TaskEvent.Contributed contributed
          && jobs.is(contributed.incarnation())) {
        worked(contributed.worker());
      } else if (event instanceof TaskEvent.Waiting) {
        exchange.serve();
        clock.lap(Phase.PUBLISH);
      } else if (!handle(event)) {
        return false;
      }
    }

    return true;
  }

  private boolean isOpen(int incarnation, long ofRound) {
    return jobs.is(incarnation) && ofRound == round;
  }

  private void worked(Report.Mate worker) {
    clock.worked(worker.task(), worker.time().readNanos(), worker.time().computeNanos());
  }

  /** Returns whether the round can go on. */
  private boolean handle(TaskEvent event) throws InterruptedException {
    if (event instanceof TaskEvent.Joined joined) {
      WorkerInfo worker = joined.info();
      environments.note(worker.environment());
      TaskId task = joined.from();
      clock.joined(task.task(), worker.executor(), worker.host(), task.shards());
    } else if (event instanceof TaskEvent.Broken broken && jobs.is(broken.incarnation())) {
      LOG.info("The resident tasks start again: {}", broken.reason());
      events.accept("restart", "The tasks start again: " + broken.reason());
      wantedTasks = broken.tasks();
      jobs.abandon(broken.reason());
      return false;
    } else if (event instanceof TaskEvent.Ended ended && jobs.is(ended.incarnation())) {
      ended(ended.failure());
      return false;
    } else if (event instanceof TaskEvent.Refused refused && jobs.is(refused.incarnation())) {
      throw failure("failed with " + exchange.firstFailure(), null);
    } else if (event instanceof TaskEvent.Unavailable unavailable
        && jobs.is(unavailable.incarnation())) {
      throw new DriverConnection.MissingInternalsException(unavailable.what());
    } else if (event instanceof TaskEvent.Stuck stuck && stuck.round() == round) {
      throw failure(stuck(), null);
    }

    return true;
  }

  private String stuck() {
    String first = exchange.firstFailure();
    return "no sums for %d s (spark.firesteel.resident.progressTimeout) from %s. First failure: %s"
        .formatted(
            settings.progressMillis() / 1000,
            exchange.missing(),
            first == null ? "none was reported" : first);
  }

  private void ended(@Nullable Throwable failure) throws InterruptedException {
    jobs.dismiss();
    if (failure == null) {
      LOG.info("The resident tasks start again: they ended");
      return;
    }

    if (SparkJobs.isCancellation(failure) || jobs.context().isStopped()) {
      throw new CancellationException(jobs.description() + ": " + failure.getMessage());
    }

    if (!progressed && !SparkJobs.isOfLeavingExecutor(failure)) {
      String first = exchange.firstFailure();
      throw failure("failed with " + (first == null ? Causes.first(failure) : first), failure);
    }

    LOG.warn("The resident tasks start again: their job failed", failure);
    events.accept("restart", "The tasks start again: " + Causes.first(failure));
    progressed = false;
    SparkJobs.pauseAfter(failure);
  }

  private IllegalStateException failure(String what, @Nullable Throwable cause) {
    return new IllegalStateException("%s: %s".formatted(jobs.description(), what), cause);
  }

  private void submit() {
    int wanted = wantedTasks > 0 ? wantedTasks : Math.min(share.slots(), share.free());
    wantedTasks = 0;
    int tasks = Math.max(1, Math.min(wanted, jobs.shards(DataSet.TRAINING)));
    clock.workers(tasks);
    events.accept("tasks", "%d task%s for the shards".formatted(tasks, tasks == 1 ? "" : "s"));
    jobs.submit(tasks, Ends::new);
  }

  /** Passes on how a job ends; those who wait are let go even if the trainer is busy. */
  private final class Ends implements ResidentJobs.Job.Listener {
    private final int number;

    private Ends(int number) {
      this.number = number;
    }

    @Override
    public void unavailable(String what) {
      exchange.note(new TaskEvent.Unavailable(number, what));
    }

    @Override
    public void ended(@Nullable Throwable failure) {
      exchange.note(new TaskEvent.Ended(number, failure));
      if (failure != null) {
        timer.later(() -> exchange.dismiss(number));
      }
    }
  }

  /** Tells the tasks to leave, and waits for that a while. */
  private void leave(String reason) throws InterruptedException {
    if (jobs.isThere()) {
      LOG.debug("The resident tasks leave: {}", reason);
      events.accept("left", "The tasks left: " + reason);
      jobs.leave(reason);
    }
  }

  /** Lets the tasks go while the trainer does something else, if others need the slots. */
  private void withdraw() {
    if (jobs.isThere() && othersNeedSlots()) {
      LOG.debug("The resident tasks leave: another job or fit waits for a slot");
      events.accept("left", "The tasks left: another job or fit waits for a slot");
      jobs.dismiss();
    }
  }

  private boolean othersNeedSlots() {
    return share.othersStarve(settings.yieldMillis() * 1_000_000)
        || (share.version() != seenVersion && share.slots() < jobs.tasks());
  }

  private CancellationException interrupted() {
    jobs.abandon("interrupted");
    Thread.currentThread().interrupt();
    return new CancellationException(jobs.description() + ": interrupted");
  }

  /** Returns how many jobs were submitted. */
  int submitted() {
    return jobs.submitted();
  }

  /** Returns how many tasks the job has, 0 if there is none. */
  int tasks() {
    return jobs.tasks();
  }

  /** Returns where the tasks of other processes find their exchange. */
  DriverEndpoint driver() {
    return endpoint;
  }

  TaskExchange exchange() {
    return exchange;
  }

  @Override
  public void close() {
    events = (kind, text) -> {};
    timer.begin(round);
    try {
      leave("the fit has ended");
    } catch (InterruptedException e) {
      jobs.abandon("the fit has ended");
      Thread.currentThread().interrupt();
    } finally {
      timer.close();
      endpoint.close();
      share.close();
    }
  }
}
