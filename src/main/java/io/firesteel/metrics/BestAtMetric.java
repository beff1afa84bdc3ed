package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The best of one rate over the thresholds at which another rate is at least some value, 0 if there
 * are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
abstract class BestAtMetric extends Metric {

  private static final long THRESHOLDS = 200;

  private final String key;
  private final double value;
  private final int numThresholds;
  private final @Nullable Long classId;
  private final ThresholdSums sums;

  BestAtMetric(Builder<?> builder) {
    super(builder);
    this.key = builder.key;
    this.value = builder.value;
    this.numThresholds = Math.toIntExact(builder.numThresholds);
    this.classId = builder.classId;
    this.sums = ThresholdSums.evenly(numThresholds);
  }

  /** Returns the rate at a threshold that must be reached. */
  abstract double constrained(Confusion confusion, int threshold);

  /** Returns the rate at a threshold of which the best is wanted. */
  abstract double dependent(Confusion confusion, int threshold);

  @Override
  public final boolean higherIsBetter() {
    return true;
  }

  @Override
  public final @Nullable String checkWidths(int labelWidth, int width) {
    return classId != null && classId >= width
        ? "%s looks at the class %d. Received: %d predictions a sample"
            .formatted(name(), classId, width)
        : super.checkWidths(labelWidth, width);
  }

  @Override
  public final int stateSize() {
    return sums.size();
  }

  @Override
  public final void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    for (int i = 0; i < samples * width; i++) {
      if (classId == null || classId == i % width) {
        double weight = weights == null ? 1.0 : weights[i / width];
        sums.add(labels[i], predictions[i], weight, state, offset);
      }
    }
  }

  @Override
  public final double result(double[] state, int offset) {
    Confusion confusion = sums.confusion(state, offset);
    double best = 0.0;
    for (int i = 0; i < confusion.thresholds(); i++) {
      if (constrained(confusion, i) >= value) {
        best = Math.max(best, dependent(confusion, i));
      }
    }

    return best;
  }

  @Override
  public final Config getConfig() {
    return super.getConfig().toBuilder()
        .put("class_id", classId)
        .put("num_thresholds", numThresholds)
        .put(key, value)
        .build();
  }

  /**
   * Collects the arguments.
   *
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> extends Metric.Builder<B> {
    private final String owner;
    private final String key;
    private final double value;
    private long numThresholds = THRESHOLDS;
    private @Nullable Long classId;

    Builder(String owner, String name, String key, double value) {
      super(name);
      this.owner = owner;
      this.key = key;
      this.value = Argument.unit(owner, key, value);
    }

    /**
     * Sets the number of thresholds from 0 to 1; default 200.
     *
     * @throws IllegalArgumentException if it is not from 1 to 2^20
     */
    public B numThresholds(long count) {
      this.numThresholds = Argument.integer(owner, "num_thresholds", 1, 1 << 20, count);
      return self();
    }

    /**
     * Looks at the predictions of one class only.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public B classId(long classId) {
      this.classId = Argument.integer(owner, "class_id", 0, classId);
      return self();
    }

    @Override
    protected B read(ConfigReader reader) {
      numThresholds(reader.integer("num_thresholds", THRESHOLDS));
      Long index = reader.nullableInteger("class_id", null);
      if (index != null) {
        classId(index);
      }

      return super.read(reader);
    }
  }
}
