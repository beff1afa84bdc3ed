package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.seam.SparkInternals;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.FetchFailed;
import org.apache.spark.SparkContext;
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
  private final OtherStages others;
  private volatile int version;

  private SlotLedger(SparkContext context) {
    this.context = context;
    this.others = new OtherStages(context.statusTracker());
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
        ledger.others.seeRunning();
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
      return SparkInternals.slots(context) - others.running();
    }

    /** Tells whether a job that is none of a fit's residents has waited for its first slot. */
    boolean othersStarve(long nanos) {
      return others.starve(nanos);
    }

    /** Enters a stage as if Spark's status had told it. */
    void guess(int stage, int pending, int running) {
      others.guess(stage, pending, running);
    }

    /** Waits until no job has waited for a slot for some time, or too long has passed. */
    void awaitOthers(long quietMillis, long mostMillis) throws InterruptedException {
      others.awaitQuiet(quietMillis, mostMillis);
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
      others.submitted(stage, submitted.stageInfo().numTasks());
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    Lease lease = stages.get(start.stageId());
    if (others.taskStarted(start.stageId()) || lease == null) {
      return;
    }

    if (start.stageId() == lease.resultStage) {
      lease.events.taskStarted(
          lease.incarnation, start.taskInfo().partitionId(), start.taskInfo().taskId());
    } else {
      lease.events.active();
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    Lease lease = stages.get(end.stageId());
    boolean isOther = others.taskEnded(end.stageId(), end.reason() instanceof Success$);
    version++;
    if (isOther || lease == null) {
      return;
    }

    if (end.stageId() == lease.resultStage) {
      lease.events.taskEnded(
          lease.incarnation, end.taskInfo().partitionId(), end.taskInfo().taskId());
      if (end.reason() instanceof FetchFailed) {
        lease.events.broken(lease.incarnation, "shuffle output was lost");
      }
    } else {
      lease.events.active();
    }
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted completed) {
    others.completed(completed.stageInfo().stageId());
    version++;
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
