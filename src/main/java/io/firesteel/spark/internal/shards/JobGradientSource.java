package io.firesteel.spark.internal.shards;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.RowHash;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.execution.Environments;
import io.firesteel.spark.internal.execution.NetworkRecipe;
import io.firesteel.spark.internal.frames.SumsFrame;
import io.firesteel.spark.internal.frames.WorkTime;
import io.firesteel.training.GradientAggregator;
import io.firesteel.training.GradientSource;
import io.firesteel.training.Phase;
import io.firesteel.training.Step;
import io.firesteel.training.StepClock;
import io.firesteel.variables.VariableSnapshot;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.apache.spark.SparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;
import scala.reflect.ClassTag$;

/**
 * Gradients by one ordinary Spark job a step: the variables go out as a broadcast, the sums come
 * back as results of tasks, the broadcast is destroyed. No slot is held between steps, so it works
 * everywhere.
 */
public final class JobGradientSource implements GradientSource {

  private final SparkContext context;
  private final DealtShards shards;
  private final NetworkRecipe network;
  private final BatchPlan plan;
  private final Environments environments;
  private StepClock clock = StepClock.OFF;

  public JobGradientSource(
      SparkContext context,
      DealtShards shards,
      NetworkRecipe network,
      BatchPlan plan,
      Environments environments) {
    this.context = context;
    this.shards = shards;
    this.network = network;
    this.plan = plan;
    this.environments = environments;
  }

  @Override
  public String name() {
    return "job";
  }

  @Override
  public GradientSums gradients(VariableSnapshot variables, Step step) {
    String description = "Firesteel step %d, epoch %d".formatted(step.step() + 1, step.epoch() + 1);
    return sums(description, variables, step);
  }

  @Override
  public Totals evaluate(VariableSnapshot variables) {
    return sums("Firesteel evaluates %d rows".formatted(plan.rows()), variables, null).totals();
  }

  @Override
  public void observeWith(StepClock stepClock, BiConsumer<String, String> events) {
    clock = stepClock;
  }

  @Override
  public long orderHash() {
    return RowHash.ofSequence(shards.hashes());
  }

  @Override
  public Set<String> environments() {
    return environments.seen();
  }

  @Override
  public void close() {
    shards.close();
  }

  private GradientSums sums(String description, VariableSnapshot variables, @Nullable Step step) {
    Broadcast<float[][]> sent =
        context.broadcast(variables.values(), ClassTag$.MODULE$.apply(float[][].class));
    GradientAggregator aggregator = new GradientAggregator(plan.shards());
    try {
      SumsTask task = new SumsTask(network, plan, shards.hashes(), sent, step);
      clock.lap(Phase.PUBLISH);
      List<byte[]> frames = shards.jobs().run(description, task);
      clock.lap(Phase.WAIT);
      clock.workers(frames.size());
      for (int i = 0; i < frames.size(); i++) {
        SumsFrame frame = SumsFrame.decode(frames.get(i));
        WorkTime.Note note = WorkTime.Note.parse(frame.environment());
        environments.note(note.environment());
        clock.joined(i, note.executor(), note.host(), frame.sums().lo(), frame.sums().hi());
        clock.worked(i, note.time().readNanos(), note.time().computeNanos());
        aggregator.add(frame.sums());
      }

      clock.lap(Phase.REDUCE);
    } finally {
      sent.destroy();
      clock.lap(Phase.PUBLISH);
    }

    return aggregator.result();
  }
}
