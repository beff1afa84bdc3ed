package io.firesteel.internal.monitoring;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a {@link TrainingMonitor} how a training goes, but not too often, and keeps its failures
 * from the training.
 */
public final class TrainingReporter {

  private static final Logger LOG = LoggerFactory.getLogger(TrainingReporter.class);

  private static final int EARLY_STEPS = 40;
  private static final double STEP_GROWTH = 1.2;
  private static final int EARLY_EPOCHS = 30;
  private static final double EPOCH_GROWTH = 1.1;
  private static final int MOST_WORKERS = 64;
  private static final long WORKERS_NANOS = 5_000_000_000L;

  private final LongSupplier nanoTime;
  private final StepClock clock;
  private final ReportBudget steps;
  private final ReportBudget epochs;
  private final ReportBudget commits;
  private volatile TrainingMonitor monitor;
  private @Nullable EpochEnd pendingEpoch;
  private long workersAt;
  private long stepCount;
  private long epochCount;
  private long commitCount;
  private long reportedAt;
  private long reportedRows;
  private long reportedStep;

  private record EpochEnd(int epoch, long step, Map<String, Double> logs) {}

  public TrainingReporter(TrainingMonitor monitor) {
    this(monitor, System::nanoTime);
  }

  TrainingReporter(TrainingMonitor monitor, LongSupplier nanoTime) {
    this.monitor = monitor;
    this.nanoTime = nanoTime;
    this.clock = monitor == TrainingMonitor.NONE ? StepClock.OFF : new StepClock(nanoTime);
    long now = nanoTime.getAsLong();
    this.steps = new ReportBudget(EARLY_STEPS, STEP_GROWTH, now);
    this.epochs = new ReportBudget(EARLY_EPOCHS, EPOCH_GROWTH, now);
    this.commits = new ReportBudget(EARLY_EPOCHS, EPOCH_GROWTH, now);
    this.workersAt = now - WORKERS_NANOS;
  }

  /** Returns what measures the phases. */
  public StepClock clock() {
    return clock;
  }

  public void started(TrainingMonitor.Start start) {
    tell(to -> to.started(start));
  }

  /** Says that the first step comes next. */
  public void begins(Position at) {
    clock.lap(Phase.CALLBACKS);
    clock.takeNanos();
    reportedAt = nanoTime.getAsLong();
    reportedRows = at.rowsSeen();
    reportedStep = at.step();
  }

  /** Tells whether the step that comes next is to be reported. */
  public boolean isDue() {
    return monitor != TrainingMonitor.NONE && steps.take(++stepCount, clock.mark());
  }

  /** Reports a step. */
  public void step(Position at, Map<String, Double> logs, double rate, double norm) {
    if (monitor == TrainingMonitor.NONE) {
      return;
    }

    long now = nanoTime.getAsLong();
    boolean withWorkers = now - workersAt >= WORKERS_NANOS;
    workersAt = withWorkers ? now : workersAt;
    TrainingMonitor.Progress progress =
        new TrainingMonitor.Progress(
            at.step(),
            at.epoch(),
            at.batch(),
            new LinkedHashMap<>(logs),
            rate,
            norm,
            at.step() - reportedStep,
            at.rowsSeen() - reportedRows,
            (now - reportedAt) / 1e9,
            clock.takeNanos(),
            withWorkers ? clock.takeWorkers(MOST_WORKERS) : List.of());
    reportedAt = now;
    reportedRows = at.rowsSeen();
    reportedStep = at.step();
    tell(to -> to.progressed(progress));
  }

  /** Reports an epoch, now or with the next one. */
  public void epochEnded(int epoch, long step, Map<String, Double> logs) {
    if (monitor != TrainingMonitor.NONE) {
      pendingEpoch = new EpochEnd(epoch, step, new LinkedHashMap<>(logs));
      if (epochs.take(++epochCount, clock.mark())) {
        tellEpoch();
      }
    }
  }

  private void tellEpoch() {
    EpochEnd end = pendingEpoch;
    pendingEpoch = null;
    if (end != null) {
      tell(to -> to.epochEnded(end.epoch(), end.step(), end.logs()));
    }
  }

  /** Reports what has not been reported yet: the last steps and the last epoch. */
  public void finish(Position at, double rate) {
    EpochEnd end = pendingEpoch;
    tellEpoch();
    if (at.step() > reportedStep) {
      workersAt -= WORKERS_NANOS;
      step(at, end == null ? Map.of() : end.logs(), rate, Double.NaN);
    }
  }

  public void ended(boolean stopped, @Nullable Throwable failure) {
    tell(to -> to.ended(stopped, failure));
  }

  /** Reports a checkpoint; on any thread. */
  public void committed(long step, long bytes, long startNanos, String location) {
    if (monitor == TrainingMonitor.NONE) {
      return;
    }

    long now = nanoTime.getAsLong();
    boolean due;
    synchronized (commits) {
      due = commits.take(++commitCount, now);
    }

    if (due) {
      double seconds = (now - startNanos) / 1e9;
      tell(to -> to.committed(step, bytes, seconds, location));
    }
  }

  /** Reports an event; on any thread. */
  public void happened(String kind, String text) {
    tell(to -> to.happened(kind, text));
  }

  private void tell(Consumer<TrainingMonitor> message) {
    try {
      message.accept(monitor);
    } catch (RuntimeException | LinkageError e) {
      LOG.warn("Training goes on without being shown: what shows it failed", e);
      monitor = TrainingMonitor.NONE;
    }
  }

  /**
   * How often something may be reported. What is early is reported whatever its pace, up to a
   * number of times and with growing gaps, because most happens then; the rest at most twice a
   * second, and ever more seldom, down to once in ten seconds, the longer it lasts.
   */
  static final class ReportBudget {

    private static final long SHORTEST = 500_000_000L;
    private static final long LONGEST = 10_000_000_000L;
    private static final long SHARE = 600;

    private final double growth;
    private final long start;
    private long last;
    private int early;
    private long next = 1;

    /**
     * Creates a budget.
     *
     * @param early how many reports there may be whatever their pace
     * @param growth by how much the count must grow from one of them to the next
     */
    ReportBudget(int early, double growth, long now) {
      this.early = early;
      this.growth = growth;
      this.start = now;
      this.last = now;
    }

    /**
     * Tells whether the count-th thing may be reported now, in which case it counts as reported.
     */
    boolean take(long count, long now) {
      if (early > 0 && count >= next) {
        early--;
        next = Math.max(count + 1, (long) Math.ceil(count * growth));
      } else if (now - last < Math.max(SHORTEST, Math.min(LONGEST, (now - start) / SHARE))) {
        return false;
      }

      last = now;
      return true;
    }
  }

  /** How far a training is. */
  public interface Position {

    /** Returns the number of steps completed. */
    long step();

    /** Returns the epoch, from 0. */
    int epoch();

    /** Returns the number of batches of the epoch that were completed. */
    int batch();

    /** Returns the rows trained on, counted anew each epoch. */
    long rowsSeen();
  }
}
