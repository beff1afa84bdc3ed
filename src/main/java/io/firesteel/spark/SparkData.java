package io.firesteel.spark;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.FeatureMoments;
import io.firesteel.internal.gradients.DataChecks;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.gradients.SeparateValidation;
import io.firesteel.internal.gradients.VariableMemory;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.saving.Config;
import io.firesteel.spark.internal.execution.Environments;
import io.firesteel.spark.internal.execution.ExecutorNetworkSpec;
import io.firesteel.spark.internal.execution.SourceSettings;
import io.firesteel.spark.internal.execution.SparkJobs;
import io.firesteel.spark.internal.resident.ResidentGradientSource;
import io.firesteel.spark.internal.rows.RowRange;
import io.firesteel.spark.internal.rows.SparkRows;
import io.firesteel.spark.internal.shards.DealtShards;
import io.firesteel.spark.internal.shards.JobGradientSource;
import io.firesteel.spark.internal.ui.TrainingUi;
import io.firesteel.tensor.Shape;
import io.firesteel.training.DataColumns;
import io.firesteel.training.TrainingData;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/** Training data on a Spark cluster, whole or a part of a split. */
abstract class SparkData implements TrainingData {

  private static final String EXECUTOR_MEMORY = "spark.executor.memory";

  abstract SparkContext context();

  abstract SparkRows sparkRows();

  /** Tells whether the rows have an order of their own. */
  abstract boolean isOrdered();

  @Override
  public int labelWidth() {
    return sparkRows().layout().labelWidth();
  }

  @Override
  public int weightWidth() {
    return sparkRows().layout().weightWidth();
  }

  @Override
  public long rows() {
    return sparkRows().fingerprint().rows();
  }

  @Override
  public Config fingerprint() {
    return sparkRows().fingerprint().toConfig(featureShape(), sparkRows().layout());
  }

  @Override
  public boolean isSparse() {
    return sparkRows().layout().isSparse();
  }

  @Override
  public FeatureMoments featureMoments() {
    if (isSparse()) {
      throw DataChecks.noMoments(this);
    }

    int width = sparkRows().layout().featureWidth();
    return FeatureMoments.of(
        SparkJobs.described(
            context(),
            "Firesteel measures the features",
            () ->
                sparkRows()
                    .values()
                    .mapPartitions(rows -> List.of(moments(rows, width)).iterator())
                    .treeReduce(SparkData::merge)));
  }

  private static long[] moments(Iterator<float[]> rows, int width) {
    FeatureMoments moments = FeatureMoments.ofNoRows(width);
    rows.forEachRemaining(moments::add);
    return moments.state();
  }

  private static long[] merge(long[] left, long[] right) {
    FeatureMoments merged = FeatureMoments.of(left);
    merged.merge(FeatureMoments.of(right));
    return left;
  }

  @Override
  public TrainingMonitor monitor() {
    return TrainingUi.monitor(context());
  }

  @Override
  public GradientSource open(
      NetworkSpec network,
      BatchPlan plan,
      @Nullable TrainingData validation,
      int validationBatchSize) {
    Network built = Network.of(network);
    ExecutorNetworkSpec recipe = new ExecutorNetworkSpec(network);
    Map<DataSet, DealtShards> shards = new EnumMap<>(DataSet.class);
    shards.put(DataSet.TRAINING, dealt(built, recipe, plan));
    try {
      if (validation == null) {
        return source(shards, recipe);
      }

      BatchPlan all = validation.evaluation(built, validationBatchSize);
      if (validation instanceof SparkData other && other.context() == context()) {
        shards.put(DataSet.VALIDATION, other.dealt(built, recipe, all));
        return source(shards, recipe);
      }

      GradientSource separate = validation.open(network, all);
      return new SeparateValidation(source(shards, recipe), separate);
    } catch (RuntimeException e) {
      shards.values().forEach(DealtShards::close);
      throw e;
    }
  }

  private DealtShards dealt(Network built, ExecutorNetworkSpec recipe, BatchPlan plan) {
    DataChecks.check(this, built, plan);
    requireExecutorMemory(built);
    return DealtShards.of(context(), sparkRows(), recipe, plan);
  }

  private GradientSource source(Map<DataSet, DealtShards> shards, ExecutorNetworkSpec recipe) {
    SourceSettings settings = SourceSettings.of(context().conf());
    return settings.resident()
        ? new ResidentGradientSource(context(), shards, recipe, settings)
        : new JobGradientSource(
            context(), shards, recipe, new Environments(settings.strictEnvironments()));
  }

  private void requireExecutorMemory(Network network) {
    if (!context().isLocal()) {
      long heap = context().conf().getSizeAsBytes(EXECUTOR_MEMORY, "1g");
      VariableMemory.requireExecutor(network, EXECUTOR_MEMORY, heap);
    }
  }

  @Override
  public Split split(double fraction, long seed, boolean shuffle) {
    long rows = rows();
    long cut = Split.trainingRows(rows, fraction);
    return new Split(
        new Part(this, new RowRange(sparkRows(), seed, shuffle, 0, cut)),
        new Part(this, new RowRange(sparkRows(), seed, shuffle, cut, rows)));
  }

  @Override
  public TrainingData first(long count) {
    return count >= rows()
        ? this
        : new Part(this, new RowRange(sparkRows(), 0, !isOrdered(), 0, count));
  }

  /** One part of a split. */
  private static final class Part extends SparkData {

    private final SparkData whole;
    private final SparkRows rows;

    private Part(SparkData whole, SparkRows rows) {
      this.whole = whole;
      this.rows = rows;
    }

    /** A part has an order, that of the split, whatever the whole has. */
    @Override
    public BatchPlan evaluation(Network network, int batchSize) {
      BatchPlan ranked = super.evaluation(network, batchSize);
      return network.objectives().isPerBatch() ? ranked.inGivenOrder() : ranked;
    }

    @Override
    SparkContext context() {
      return whole.context();
    }

    @Override
    SparkRows sparkRows() {
      return rows;
    }

    @Override
    boolean isOrdered() {
      return true;
    }

    @Override
    public DataColumns columns() {
      return whole.columns();
    }

    @Override
    public Shape featureShape() {
      return whole.featureShape();
    }
  }
}
