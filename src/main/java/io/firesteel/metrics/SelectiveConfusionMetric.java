package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What precision and recall share: they may look at the largest predictions or at one class only.
 */
abstract class SelectiveConfusionMetric extends ConfusionMetric {

  private static final double BELOW_ALL = -1e10;

  private final @Nullable Long topK;
  private final @Nullable Long classId;

  SelectiveConfusionMetric(String name, ConfigReader arguments) {
    super(name, arguments, arguments.any("top_k") == null ? THRESHOLD : BELOW_ALL);
    this.topK = atLeast(arguments, "top_k", 1);
    this.classId = atLeast(arguments, "class_id", 0);
  }

  private static @Nullable Long atLeast(ConfigReader arguments, String key, long min) {
    Long value = arguments.nullableInteger(key, null);
    return value == null ? null : Argument.integer(arguments.owner(), key, min, value);
  }

  @Override
  public final boolean higherIsBetter() {
    return true;
  }

  @Override
  public final @Nullable String checkWidths(int labelWidth, int width) {
    if (topK != null && topK > width) {
      return "%s needs %d predictions a sample or more, as many as top_k. Received: %d"
          .formatted(name(), topK, width);
    }

    if (classId != null && classId >= width) {
      return "%s looks at the class %d. Received: %d predictions a sample"
          .formatted(name(), classId, width);
    }

    return super.checkWidths(labelWidth, width);
  }

  @Override
  final boolean counts(int index) {
    return classId == null || classId == index;
  }

  /* Of equal predictions the first are the largest. */
  @Override
  final float score(float[] predictions, int start, int width, int index) {
    float own = predictions[start + index];
    if (topK == null) {
      return own;
    }

    long larger = 0;
    for (int j = 0; j < width; j++) {
      float other = predictions[start + j];
      larger += other > own || (other == own && j < index) ? 1 : 0;
    }

    return larger < topK ? own : (float) BELOW_ALL;
  }

  @Override
  public final Config getConfig() {
    return super.getConfig().toBuilder().put("top_k", topK).put("class_id", classId).build();
  }

  /**
   * Collects the arguments.
   *
   * @param <M> the metric
   * @param <B> the builder's own type
   */
  public abstract static class Builder<M extends Metric, B extends Builder<M, B>>
      extends Metric.Builder<M, B> {

    Builder(String owner, Function<ConfigReader, M> constructor) {
      super(owner, constructor);
    }

    /** Sets the bound in [0, 1] above which a prediction counts as positive; default 0.5. */
    public B threshold(double threshold) {
      return set("thresholds", threshold);
    }

    /** Sets several bounds, each of which gets a result of its own. */
    public B thresholds(List<Double> thresholds) {
      return set("thresholds", thresholds);
    }

    /**
     * Takes only the {@code k} largest predictions of a sample for positive, at least 1, and these
     * whatever their size unless there is a threshold.
     */
    public B topK(long k) {
      return set("top_k", k);
    }

    /** Looks at the predictions of one class only, at least 0. */
    public B classId(long classId) {
      return set("class_id", classId);
    }
  }
}
