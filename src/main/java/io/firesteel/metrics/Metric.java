package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import org.jspecify.annotations.Nullable;

/**
 * A metric: sums over samples, and a number made of them. The sums of two sets of samples add up to
 * those of their union, so shards merge exactly, whatever their sizes.
 *
 * <p>Samples are those of {@link io.firesteel.losses.Loss}. A metric is immutable; its state is the
 * array of sums that callers hold.
 */
public abstract class Metric implements KerasSerializable {

  private final String name;

  /** Creates a metric. */
  protected Metric(String name) {
    this.name = name;
  }

  /** Returns the name, under which results are logged. */
  public String name() {
    return name;
  }

  /** Creates a metric with what a builder collected. */
  protected Metric(Builder<?> builder) {
    this(builder.name);
  }

  /** Returns {@code name} and {@code dtype}, with which every metric's config begins. */
  @Override
  public Config getConfig() {
    return Config.builder().put("name", name).put("dtype", "float32").build();
  }

  /**
   * Checks the widths of labels and predictions before training. Stricter than Keras, which
   * broadcasts one against the other.
   *
   * @return null if they fit this metric, else what was received and what is allowed
   */
  public @Nullable String checkWidths(int labelWidth, int width) {
    return labelWidth == width
        ? null
        : "%s needs labels as wide as the predictions. Received: labels of width %d, predictions of width %d"
            .formatted(name, labelWidth, width);
  }

  /** Tells whether a higher value is a better one, as for accuracies; errors are better lower. */
  public boolean higherIsBetter() {
    return false;
  }

  /**
   * Returns this metric for predictions of that width, on which the number of sums may depend; a
   * network does so with its metrics. Itself unless overridden.
   */
  public Metric forWidth(int width) {
    return this;
  }

  /**
   * Returns the number of sums.
   *
   * @throws IllegalStateException if it depends on the width, and that was not said by {@link
   *     #forWidth}
   */
  public abstract int stateSize();

  /**
   * Adds samples to the sums.
   *
   * @param labels samples x labelWidth
   * @param predictions samples x width
   * @param weights one weight a sample, or null where all are 1
   * @param state the sums
   * @param offset where in {@code state} this metric's sums begin
   */
  public abstract void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset);

  /** Returns the metric of the sums; 0 of no samples, as Keras. */
  public abstract double result(double[] state, int offset);

  /**
   * Collects what every metric has.
   *
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> {
    private String name;

    /**
     * Creates a builder.
     *
     * @param name the default name
     */
    protected Builder(String name) {
      this.name = name;
    }

    /** Returns this builder. */
    protected abstract B self();

    /** Returns the metric. */
    public abstract Metric build();

    /** Sets the name, under which results are logged. */
    public B name(String name) {
      this.name = name;
      return self();
    }

    /**
     * Reads {@code name} and {@code dtype}.
     *
     * @throws IllegalArgumentException if the dtype is not float32
     */
    protected B read(ConfigReader reader) {
      String given = reader.nullableString("name");
      if (given != null) {
        name(given);
      }

      String dtype = reader.nullableString("dtype");
      if (dtype != null && !dtype.equals("float32")) {
        throw reader.invalid("dtype", "float32 or null");
      }

      return self();
    }
  }
}
