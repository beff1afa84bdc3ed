package io.firesteel.losses;

import io.firesteel.saving.KerasSerializable;
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

  /** Returns the name, e.g. {@code mean_squared_error}. */
  public String name() {
    return name;
  }

  /** Returns how the values of the samples become one number. */
  public Reduction reduction() {
    return reduction;
  }

  /**
   * Returns the width of a label for predictions of that width, 1 where labels are class indices.
   */
  public int labelWidth(int predictionWidth) {
    return predictionWidth;
  }

  /**
   * Checks labels before training.
   *
   * @return null if all are allowed, else what is wrong with the first bad one and what is allowed
   */
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
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
}
