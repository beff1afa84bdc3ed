package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A loss: a value per sample, its gradient, and how samples are reduced to one number.
 *
 * <p>A sample is one vector along the last axis: an output of shape (rows, classes) has a sample a
 * row, one of (rows, time, classes) has rows x time.
 */
public abstract class Loss implements KerasSerializable {

  private final String name;
  private final Reduction reduction;

  /** Creates a loss. */
  protected Loss(String name, Reduction reduction) {
    this.name = name;
    this.reduction = reduction;
  }

  /** Creates a loss with what a builder collected. */
  protected Loss(Builder<?> builder) {
    this(builder.name, builder.reduction);
  }

  /** Returns the name, e.g. {@code mean_squared_error}. */
  public String name() {
    return name;
  }

  /** Returns how the values of the samples become one number. */
  public Reduction reduction() {
    return reduction;
  }

  /** Returns {@code name} and {@code reduction}, with which every loss's config begins. */
  @Override
  public Config getConfig() {
    return Config.builder().put("name", name).put("reduction", reduction.id()).build();
  }

  /**
   * Returns the width of a label for predictions of that width, 1 where labels are class indices.
   */
  public int labelWidth(int predictionWidth) {
    return predictionWidth;
  }

  /**
   * Tells whether a sample takes part, as all do unless a loss ignores some class. A sample that
   * does not has the loss 0 and no gradient, and is counted neither in the samples nor in the
   * weights that {@link Reduction#divisor} is given.
   */
  public boolean takesPart(float[] labels, int sample) {
    return true;
  }

  /**
   * Checks labels before training; finite numbers are all that is asked unless a loss asks for
   * more. Stricter than Keras, which checks no label.
   *
   * @return null if all are allowed, else what is wrong with the first bad one and what is allowed
   */
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    int size = samples * labelWidth(predictionWidth);
    for (int i = 0; i < size; i++) {
      if (!Float.isFinite(labels[i])) {
        return "the label %s is not allowed for %s: labels must be finite numbers"
            .formatted(labels[i], name);
      }
    }

    return null;
  }

  /**
   * Computes the loss of each sample and its gradient, without weights and without any reduction.
   *
   * @param labels samples x {@link #labelWidth}
   * @param predictions samples x width
   * @param losses filled with the value of each sample
   * @param gradient filled with each sample's gradient with respect to its predictions, or null
   */
  public abstract void call(
      float[] labels,
      float[] predictions,
      int samples,
      int width,
      float[] losses,
      float @Nullable [] gradient);

  /**
   * Returns the loss of one sample.
   *
   * @param labelStart where in {@code labels} the sample's label begins
   * @param start where in {@code predictions} the sample's predictions begin
   */
  public float value(float[] labels, int labelStart, float[] predictions, int start, int width) {
    float[] loss = new float[1];
    call(
        Arrays.copyOfRange(labels, labelStart, labelStart + labelWidth(width)),
        Arrays.copyOfRange(predictions, start, start + width),
        1,
        width,
        loss,
        null);
    return loss[0];
  }

  /**
   * Collects what every loss has.
   *
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> {
    private String name;
    private Reduction reduction = Reduction.SUM_OVER_BATCH_SIZE;

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

    /** Returns the loss. */
    public abstract Loss build();

    /** Sets the name. */
    public B name(String name) {
      this.name = name;
      return self();
    }

    /** Sets how the values of the samples become one number; default the mean over the batch. */
    public B reduction(Reduction reduction) {
      this.reduction = reduction;
      return self();
    }

    /**
     * Reads {@code name}, {@code reduction} and {@code dtype}.
     *
     * @throws IllegalArgumentException if the reduction is none, or the dtype is not float32
     */
    protected B read(ConfigReader reader) {
      String given = reader.nullableString("name");
      if (given != null) {
        name(given);
      }

      if (reader.seen("reduction")) {
        Object id = reader.any("reduction");
        reduction(Reduction.of(id == null ? null : reader.string("reduction")));
      }

      String dtype = reader.nullableString("dtype");
      if (dtype != null && !dtype.equals("float32")) {
        throw reader.invalid("dtype", "float32 or null");
      }

      return self();
    }
  }
}
