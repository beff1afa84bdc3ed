package io.firesteel.testing;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.data.FeatureMoments;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.internal.monitoring.TrainingMonitor;
import io.firesteel.internal.network.NetworkSpec;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.training.TrainingData;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Data whose trainings a given monitor hears of.
 *
 * @param source makes what gives the gradients of the data's own source
 */
public record MonitoredData(
    TrainingData data, TrainingMonitor monitor, UnaryOperator<GradientSource> source)
    implements TrainingData {

  /** Creates data with its own source. */
  public MonitoredData(TrainingData data, TrainingMonitor monitor) {
    this(data, monitor, UnaryOperator.identity());
  }

  @Override
  public Shape featureShape() {
    return data.featureShape();
  }

  @Override
  public int labelWidth() {
    return data.labelWidth();
  }

  @Override
  public long rows() {
    return data.rows();
  }

  @Override
  public Config fingerprint() {
    return data.fingerprint();
  }

  @Override
  public FeatureMoments featureMoments() {
    return data.featureMoments();
  }

  @Override
  public GradientSource open(
      NetworkSpec network,
      BatchPlan plan,
      @Nullable TrainingData validation,
      int validationBatchSize) {
    return source.apply(data.open(network, plan, validation, validationBatchSize));
  }

  @Override
  public TrainingData first(long count) {
    return data.first(count);
  }

  @Override
  public Split split(double fraction, long seed, boolean shuffle) {
    return data.split(fraction, seed, shuffle);
  }
}
