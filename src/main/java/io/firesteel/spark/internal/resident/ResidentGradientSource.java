package io.firesteel.spark.internal.resident;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.execution.Environments;
import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.frames.Order;
import io.firesteel.spark.internal.shards.DealtShards;
import io.firesteel.spark.internal.shards.JobGradientSource;
import io.firesteel.training.GradientSource;
import io.firesteel.training.Step;
import io.firesteel.training.StepClock;
import io.firesteel.variables.VariableSnapshot;
import java.util.ArrayList;
import java.util.List;
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
    Residency open(ResidentJobs jobs, SourceSettings settings, Environments environments);
  }

  private final SparkContext context;
  private final ResidentData data;
  private final NetworkRecipe network;
  private final SourceSettings settings;
  private final JobGradientSource jobs;
  private final Environments environments;
  private final Opener opener;
  private @Nullable Residency residency;
  private @Nullable ResidentGradientSource validation;
  private @Nullable ResidentGradientSource trainer;
  private StepClock clock = StepClock.OFF;
  private BiConsumer<String, String> events = (kind, text) -> {};
  private boolean byJobs;
  private boolean unavailable;

  /**
   * Creates it for shards, which it closes.
   *
   * @param plan the batches of the shards
   */
  public ResidentGradientSource(
      SparkContext context,
      DealtShards shards,
      BatchPlan plan,
      NetworkRecipe network,
      SourceSettings settings) {
    this(context, new ResidentData(shards, plan), network, settings, Residency::new);
  }

  ResidentGradientSource(
      SparkContext context,
      ResidentData data,
      NetworkRecipe network,
      SourceSettings settings,
      Opener opener) {
    this.context = context;
    this.data = data;
    this.network = network;
    this.settings = settings;
    this.environments = new Environments(settings.strictEnvironments());
    this.jobs = new JobGradientSource(context, data.shards(), network, data.plan(), environments);
    this.opener = opener;
  }

  @Override
  public String name() {
    return unavailable ? jobs.name() : "resident";
  }

  @Override
  public GradientSums gradients(VariableSnapshot variables, Step step) {
    Residency residents = residents();
    boolean resident = residents != null && residents.mayRun();
    if (resident == byJobs) {
      byJobs = !resident;
      events.accept("source", resident ? "Resident tasks again" : "A job a step: " + why());
    }

    GradientSums sums =
        residents != null && resident ? sums(residents, Order.TRAINING, step, variables) : null;
    return sums == null ? jobs.gradients(variables, step) : sums;
  }

  private String why() {
    return unavailable ? "this Spark lacks what resident tasks need" : "no slot to hold";
  }

  /** Returns the sums of resident tasks, null if there can't be such tasks. */
  private @Nullable GradientSums sums(
      Residency residents, int set, @Nullable Step step, VariableSnapshot variables) {
    try {
      return residents.perform(set, step, variables);
    } catch (MissingInternalsException e) {
      residents.close();
      residency = null;
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
  public Totals evaluate(VariableSnapshot variables) {
    ResidentGradientSource owner = trainer == null ? this : trainer;
    Residency residents = owner.residency;
    int set = trainer == null ? Order.TRAINING : Order.VALIDATION;
    GradientSums sums =
        residents == null || !residents.mayRun()
            ? null
            : owner.sums(residents, set, null, variables);
    return sums == null ? jobs.evaluate(variables) : sums.totals();
  }

  @Override
  public void validateWith(GradientSource source) {
    if (residency == null && source instanceof ResidentGradientSource other) {
      validation = other;
      other.trainer = this;
    }
  }

  @Override
  public void makeWay() {
    if (residency != null) {
      residency.makeWay();
    }
  }

  @Override
  public void observeWith(StepClock stepClock, BiConsumer<String, String> listener) {
    clock = stepClock;
    events = listener;
    jobs.observeWith(stepClock, listener);
  }

  @Override
  public long orderHash() {
    return RowHash.ofSequence(data.shards().hashes());
  }

  @Override
  public Set<String> environments() {
    return environments.seen();
  }

  /** Returns the resident tasks, null if there can't be any. */
  @Nullable Residency residents() {
    if (residency == null && !unavailable) {
      List<ResidentData> sets = new ArrayList<>(List.of(data));
      if (validation != null) {
        sets.add(validation.data);
      }

      try {
        residency = opener.open(new ResidentJobs(context, network, sets), settings, environments);
        residency.observeWith(clock, events);
      } catch (LinkageError | ClassCastException e) {
        unavailable(e);
      }
    }

    return residency;
  }

  @Override
  public void close() {
    if (residency != null) {
      residency.close();
      residency = null;
    }

    if (validation != null) {
      validation.trainer = null;
    }

    jobs.close();
  }
}
