package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.EarlyUpdates;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.monitoring.StepClock;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.execution.Environments;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.shards.DealtShards;
import io.firesteel.spark.internal.shards.JobGradientSource;
import io.firesteel.variables.VariableValues;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gradients by tasks that stay: one long Spark job a fit, whose tasks exchange sums and variables
 * with the driver. It holds slots from the first step until it is closed, except while other jobs
 * of the application wait for them. Where it can have none, it is a {@link JobGradientSource}.
 */
public final class ResidentGradientSource implements GradientSource {

  private static final Logger LOG = LoggerFactory.getLogger(ResidentGradientSource.class);

  /** Starts the resident tasks; replaced in tests. */
  interface Opener {
    ResidentTasks open(ResidentJobs jobs, SourceSettings settings, Environments environments);
  }

  private final SparkContext context;
  private final Map<DataSet, DealtShards> data;
  private final ExecutorNetworkSpec network;
  private final SourceSettings settings;
  private final JobGradientSource jobs;
  private final Environments environments;
  private final Opener opener;
  private @Nullable ResidentTasks tasks;
  private StepClock clock = StepClock.OFF;
  private BiConsumer<String, String> events = (kind, text) -> {};
  private boolean byJobs;
  private boolean unavailable;

  /**
   * Creates a source of dealt data sets, which it closes.
   *
   * @param data the shards to train on, and those to validate on if there are some
   */
  public ResidentGradientSource(
      SparkContext context,
      Map<DataSet, DealtShards> data,
      ExecutorNetworkSpec network,
      SourceSettings settings) {
    this(context, data, network, settings, ResidentTasks::new);
  }

  ResidentGradientSource(
      SparkContext context,
      Map<DataSet, DealtShards> data,
      ExecutorNetworkSpec network,
      SourceSettings settings,
      Opener opener) {
    this.context = context;
    this.data = data;
    this.network = network;
    this.settings = settings;
    this.environments = new Environments(settings.strictEnvironments());
    this.jobs = new JobGradientSource(context, data, network, environments);
    this.opener = opener;
  }

  @Override
  public String name() {
    return unavailable ? jobs.name() : "resident";
  }

  @Override
  public GradientSums gradients(VariableValues variables, Step step, EarlyUpdates early) {
    ResidentTasks residents = residents();
    boolean resident = residents != null && residents.mayRun();
    if (resident == byJobs) {
      byJobs = !resident;
      events.accept("source", resident ? "Resident tasks again" : "A job a step: " + why());
    }

    GradientSums sums =
        residents != null && resident
            ? sums(residents, DataSet.TRAINING, step, variables, early)
            : null;
    return sums == null ? jobs.gradients(variables, step, early) : sums;
  }

  private String why() {
    return unavailable ? "this Spark lacks what resident tasks need" : "no slot to hold";
  }

  /** Returns the sums of resident tasks, null if there can't be such tasks. */
  private @Nullable GradientSums sums(
      ResidentTasks residents,
      DataSet set,
      @Nullable Step step,
      VariableValues variables,
      EarlyUpdates early) {
    try {
      return residents.perform(set, step, variables, early);
    } catch (DriverConnection.MissingInternalsException e) {
      residents.close();
      tasks = null;
      unavailable(e);
      return null;
    }
  }

  private void unavailable(Throwable reason) {
    unavailable = true;
    LOG.warn(
        "This Spark lacks what resident tasks need, so every step is a Spark job of its own",
        reason);
  }

  @Override
  public Totals evaluate(DataSet set, VariableValues variables) {
    ResidentTasks residents = tasks;
    GradientSums sums =
        residents == null || !data.containsKey(set) || !residents.mayRun()
            ? null
            : sums(residents, set, null, variables, EarlyUpdates.NONE);
    return sums == null ? jobs.evaluate(set, variables) : sums.totals();
  }

  @Override
  public void makeWay() {
    if (tasks != null) {
      tasks.makeWay();
    }
  }

  @Override
  public void observeWith(StepClock stepClock, BiConsumer<String, String> listener) {
    clock = stepClock;
    events = listener;
    jobs.observeWith(stepClock, listener);
  }

  @Override
  public boolean hasWeight() {
    return jobs.hasWeight();
  }

  @Override
  public long orderHash() {
    return jobs.orderHash();
  }

  @Override
  public Set<String> environments() {
    return environments.seen();
  }

  /** Returns the resident tasks, null if there can't be any. */
  @Nullable ResidentTasks residents() {
    if (tasks == null && !unavailable) {
      try {
        tasks = opener.open(new ResidentJobs(context, network, data), settings, environments);
        tasks.observeWith(clock, events);
      } catch (LinkageError | ClassCastException e) {
        unavailable(e);
      }
    }

    return tasks;
  }

  @Override
  public void close() {
    if (tasks != null) {
      tasks.close();
      tasks = null;
    }

    jobs.close();
  }
}
