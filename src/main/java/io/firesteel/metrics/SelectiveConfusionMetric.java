package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * What precision and recall share: they may look at the largest predictions or at one class only.
 */
abstract class SelectiveConfusionMetric extends ConfusionMetric {

  private static final double BELOW_ALL = -1e10;

  private final @Nullable Long topK;
  private final @Nullable Long classId;

  SelectiveConfusionMetric(Builder<?> builder) {
    super(builder, builder.topK == null ? THRESHOLD : BELOW_ALL);
    this.topK = builder.topK;
    this.classId = builder.classId;
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
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> extends ConfusionMetric.Builder<B> {
    private final String owner;
    private @Nullable Long topK;
    private @Nullable Long classId;

    Builder(String owner, String name) {
      super(owner, name);
      this.owner = owner;
    }

    /**
     * Takes only the largest predictions of a sample for positive, and these whatever their size
     * unless there is a threshold.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public B topK(long k) {
      this.topK = Argument.integer(owner, "top_k", 1, k);
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
      Long k = reader.nullableInteger("top_k", null);
      Long index = reader.nullableInteger("class_id", null);
      if (k != null) {
        topK(k);
      }

      if (index != null) {
        classId(index);
      }

      return super.read(reader);
    }
  }
}
