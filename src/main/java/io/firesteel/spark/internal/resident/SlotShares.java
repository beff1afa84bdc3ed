package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.seam.ScalaLists;
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

/**
 * How many slots each fit of an application may hold, and which other jobs wait for one.
 *
 * <p>Fits share the slots evenly. If there are more fits than slots, one slot is left to those that
 * get none, which then run a job a step; so no fit waits for a slot that another one holds for
 * ever.
 */
final class SlotShares extends SparkListener {

  private static final Map<SparkContext, SlotShares> TABLES = new HashMap<>();

  private final SparkContext context;
  private final List<Share> shares = new ArrayList<>();
  private final Map<Integer, Share> stages = new HashMap<>();
  private final OtherStages others;
  private volatile int version;

  private SlotShares(SparkContext context) {
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
  static Share enter(SparkContext context, String fit, JobEvents events) {
    synchronized (TABLES) {
      SlotShares table = TABLES.get(context);
      if (table == null) {
        table = new SlotShares(context);
        TABLES.put(context, table);
        context.addSparkListener(table);
        table.others.seeRunning();
      }

      return table.add(fit, events);
    }
  }

  /** Returns for how many applications of this process there is a table. */
  static int tables() {
    synchronized (TABLES) {
      return TABLES.size();
    }
  }

  private synchronized Share add(String fit, JobEvents events) {
    Share share = new Share(fit, events);
    shares.add(share);
    version++;
    return share;
  }

  /** The part of a fit in the slots. */
  final class Share implements AutoCloseable {
    private final String fit;
    private final JobEvents events;
    private int incarnation;
    private int resultStage = -1;

    private Share(String fit, JobEvents events) {
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
      synchronized (SlotShares.this) {
        int fits = shares.size();
        int place = shares.indexOf(this);
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
      synchronized (TABLES) {
        synchronized (SlotShares.this) {
          shares.remove(this);
          stages.values().removeIf(share -> share == this);
          version++;
        }

        if (shares.isEmpty()) {
          TABLES.remove(context);
          context.removeSparkListener(SlotShares.this);
        }
      }
    }
  }

  @Override
  public synchronized void onJobStart(SparkListenerJobStart start) {
    Share share = share(start.properties());
    if (share != null) {
      share.resultStage = -1;
      for (Object stage : ScalaLists.in(start.stageIds())) {
        stages.put((Integer) stage, share);
        share.resultStage = Math.max(share.resultStage, (Integer) stage);
      }
    }
  }

  private @Nullable Share share(@Nullable Properties properties) {
    String property = properties == null ? null : properties.getProperty(ResidentJobs.Job.PROPERTY);
    if (property == null) {
      return null;
    }

    String[] job = property.split(":", 2);
    for (Share share : shares) {
      if (share.fit.equals(job[0])) {
        share.incarnation = Integer.parseInt(job[1]);
        return share;
      }
    }

    return null;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted submitted) {
    int stage = submitted.stageInfo().stageId();
    Properties properties = submitted.properties();
    if (properties != null && properties.getProperty(ResidentJobs.Job.PROPERTY) != null) {
      Share share = stages.get(stage);
      if (share != null) {
        share.events.active();
        if (stage == share.resultStage && submitted.stageInfo().attemptNumber() > 0) {
          share.events.broken(share.incarnation, "Spark started its stage again");
        }
      }
    } else {
      others.submitted(stage, submitted.stageInfo().numTasks());
    }
  }

  @Override
  public synchronized void onTaskStart(SparkListenerTaskStart start) {
    Share share = stages.get(start.stageId());
    if (others.taskStarted(start.stageId()) || share == null) {
      return;
    }

    if (start.stageId() == share.resultStage) {
      share.events.taskStarted(
          share.incarnation, start.taskInfo().partitionId(), start.taskInfo().taskId());
    } else {
      share.events.active();
    }
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
    Share share = stages.get(end.stageId());
    boolean isOther = others.taskEnded(end.stageId(), end.reason() instanceof Success$);
    version++;
    if (isOther || share == null) {
      return;
    }

    if (end.stageId() == share.resultStage) {
      share.events.taskEnded(
          share.incarnation, end.taskInfo().partitionId(), end.taskInfo().taskId());
      if (end.reason() instanceof FetchFailed) {
        share.events.broken(share.incarnation, "shuffle output was lost");
      }
    } else {
      share.events.active();
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
