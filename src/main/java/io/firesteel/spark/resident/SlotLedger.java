package io.firesteel.spark.resident;

import io.firesteel.spark.internals.SparkInternals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.spark.FetchFailed;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.Success$;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerJobStart;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.scheduler.SparkListenerTaskStart;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Who of an application's fits may hold how many slots, and which other jobs wait for one.
 *
 * <p>Fits share the slots evenly. If there are more fits than slots, one slot is left to those that
 * get none, which then run a job a step; so no fit waits for a slot that another one holds for
 * ever.
 */
final class SlotLedger extends SparkListener {

  private static final Map<SparkContext, SlotLedger> LEDGERS = new HashMap<>();

  private final SparkContext context;
  private final List<Lease> leases = new ArrayList<>();
  private final Map<Integer, Lease> stages = new HashMap<>();
  private final Map<Integer, OtherStage> others = new HashMap<>();
  private volatile boolean anyOthers;
  private volatile int version;

  private SlotLedger(SparkContext context) {
    this.context = context;
  }

  /** What a fit wants to know of its resident job. */
  interface JobEvents {

    /** Spark works on the job. */
    void active();

    /** A task attempt was started. */
    void taskStarted(int incarnation, int task, long attempt);

    /** A task attempt ended. */
    void taskEnded(int incarnation, int task, long attempt);

    /** The job can't be completed by retrying single tasks. */
    void broken(int incarnation, String reason);
  }

  /** Enters a fit. */
  static Lease enter(SparkContext context, String fit, JobEvents events) {
    synchronized (LEDGERS) {
      SlotLedger ledger = LEDGERS.get(context);
      if (ledger == null) {
        ledger = new SlotLedger(context);
        LEDGERS.put(context, ledger);
        context.addSparkListener(ledger);
        ledger.seeRunningStages();
      }

      return ledger.add(fit, events);
    }
  }

  /** Returns for how many applications of this process there is a ledger. */
  static int ledgers() {
    synchronized (LEDGERS) {
      return LEDGERS.size();
    }
  }

  private synchronized Lease add(String fit, JobEvents events) {
    Lease lease = new Lease(fit, events);
    leases.add(lease);
    version++;
    return lease;
  }

  private synchronized void seeRunningStages() {
    for (int stage : context.statusTracker().getActiveStageIds()) {
      SparkStageInfo info = context.statusTracker().getStageInfo(stage).getOrElse(() -> null);
      if (info != null) {
        int started = info.numActiveTasks() + info.numCompletedTasks();
        others.put(stage, OtherStage.guessed(info.numTasks() - started, info.numActiveTasks()));
      }
    }

    anyOthers = !others.isEmpty();
  }

  /**
   * Forgets guessed stages that are over. Their end may have been announced before this was a
   * listener, while Spark's status still had them.
   */
  private synchronized void forgetEnded() {
    if (others.values().stream().anyMatch(OtherStage::isGuessed)) {
      Set<Integer> active = new HashSet<>();
      for (int stage : context.statusTracker().getActiveStageIds()) {
        active.add(stage);
      }

      others.entrySet().removeIf(e -> e.getValue().isGuessed() && !active.contains(e.getKey()));
      anyOthers = !others.isEmpty();
    }
  }

  /** The part of a fit in the slots. */
  final class Lease implements AutoCloseable {
    private final String fit;
    private final JobEvents events;
    private int incarnation;
    private int resultStage = -1;

    private Lease(String fit, JobEvents events) {
      this.fit = fit;
      this.events = events;
    }

    /** Returns a number that changes when {@link #slots} may have changed. */
    int version() {
      return version;
    }

    /** Returns how many slots the fit may hold, possibly none. */
    int slots() {
      int all = Math.max(1, SparkInternals.slots(context));
      synchronized (SlotLedger.this) {
        int fits = leases.size();
        int place = leases.indexOf(this);
        if (fits > all) {
          return place < all - 1 ? 1 : 0;
        }

        return all / fits + (place < all % fits ? 1 : 0);
      }
    }

    /** Returns how many slots no other job uses now. */
    int free() {
      int all = SparkInternals.slots(context);
      synchronized (SlotLedger.this) {
        forgetEnded();
        return all - others.values().stream().mapToInt(OtherStage::running).sum();
      }
    }

    /** Tells whether a job that is none of a fit's residents has waited for its first slot. */
    boolean othersStarve(long nanos) {
      if (!anyOthers) {
        return false;
      }

      synchronized (SlotLedger.this) {
        if (others.values().stream().noneMatch(stage -> stage.starves(nanos))) {
          return false;
        }

        forgetEnded();
        return others.values().stream().anyMatch(stage -> stage.starves(nanos));
      }
    }

    /** Enters a stage as if Spark's status had told it. */
    void guess(int stage, int pending, int running) {
      synchronized (SlotLedger.this) {
        others.put(stage, OtherStage.guessed(pending, running));
        anyOthers = true;
      }
    }

    /** Waits until no job has waited for a slot for some time, or too long has passed. */
    void awaitOthers(long quietMillis, long mostMillis) throws InterruptedException {
      long start = System.nanoTime();
      long quietSince = start;
      synchronized (SlotLedger.this) {
        while (millisSince(quietSince) < quietMillis && millisSince(start) < mostMillis) {
          SlotLedger.this.wait(quietMillis);
          forgetEnded();
          if (others.values().stream().anyMatch(OtherStage::waits)) {
            quietSince = System.nanoTime();
          }
        }
      }
    }

    @Override
    public void close() {
      synchronized (LEDGERS) {
        synchronized (SlotLedger.this) {
          leases.remove(this);
          stages.values().removeIf(lease -> lease == this);
          version++;
        }

        if (leases.isEmpty()) {
          LEDGERS.remove(context);
          context.removeSparkListener(SlotLedger.this);
        }
      }
    }
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    Lease lease = lease(start.properties());
    if (lease != null) {
      lease.resultStage = -1;
      for (Object stage : CollectionConverters.asJava(start.stageIds())) {
        stages.put((Integer) stage, lease);
        lease.resultStage = Math.max(lease.resultStage, (Integer) stage);
      }
    }
  }

  private @Nullable Lease lease(@Nullable Properties properties) {
    String property = properties == null ? null : properties.getProperty(ResidentJob.PROPERTY);
    if (property == null) {
      return null;
    }

    String[] job = property.split(":", 2);
    for (Lease lease : leases) {
      if (lease.fit.equals(job[0])) {
        lease.incarnation = Integer.parseInt(job[1]);
        return lease;
      }
    }

    return null;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    int stage = submitted.stageInfo().stageId();
    Properties properties = submitted.properties();
    if (properties != null && properties.getProperty(ResidentJob.PROPERTY) != null) {
      Lease lease = stages.get(stage);
      if (lease != null) {
        lease.events.active();
        if (stage == lease.resultStage && submitted.stageInfo().attemptNumber() > 0) {
          lease.events.broken(lease.incarnation, "Spark started its stage again");
        }
      }
    } else {
      others.put(stage, OtherStage.submitted(submitted.stageInfo().numTasks()));
      anyOthers = true;
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    OtherStage stage = others.get(start.stageId());
    Lease lease = stages.get(start.stageId());
    if (stage != null) {
      stage.change(-1, 1);
    } else if (lease != null && start.stageId() == lease.resultStage) {
      lease.events.taskStarted(
          lease.incarnation, start.taskInfo().partitionId(), start.taskInfo().taskId());
    } else if (lease != null) {
      lease.events.active();
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    OtherStage stage = others.get(end.stageId());
    Lease lease = stages.get(end.stageId());
    if (stage != null) {
      stage.change(end.reason() instanceof Success$ ? 0 : 1, -1);
      notifyAll();
    } else if (lease != null && end.stageId() == lease.resultStage) {
      lease.events.taskEnded(
          lease.incarnation, end.taskInfo().partitionId(), end.taskInfo().taskId());
      if (end.reason() instanceof FetchFailed) {
        lease.events.broken(lease.incarnation, "shuffle output was lost");
      }
    } else if (lease != null) {
      lease.events.active();
    }

    version++;
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted completed) {
    others.remove(completed.stageInfo().stageId());
    anyOthers = !others.isEmpty();
    version++;
    notifyAll();
  }

  @Override
  public synchronized void onExecutorAdded(SparkListenerExecutorAdded added) {
    version++;
  }

  @Override
  public synchronized void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
    version++;
  }
}
