package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import io.firesteel.saving.ObjectBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A loss: a value per sample, its gradient, and how samples are reduced to one number.
 *
 * <p>A sample is one vector along the last axis, or along those of {@link #axes}: an output of
 * shape (rows, classes) has a sample a row, one of (rows, time, classes) has rows x time.
 */
public abstract class Loss implements KerasSerializable {

  private final String name;
  private final Reduction reduction;

  /** Creates a loss. */
  protected Loss(String name, Reduction reduction) {
    this.name = name;
    this.reduction = reduction;
  }

  /**
   * Creates a loss of its arguments {@code name}, {@code reduction} and {@code dtype}.
   *
   * @param name the default name
   * @throws IllegalArgumentException if the reduction is none of {@link Reduction}'s, or the dtype
   *     is not float32
   */
  protected Loss(String name, ConfigReader arguments) {
    String given = arguments.nullableString("name");
    this.name = given == null ? name : given;
    this.reduction = Reduction.read(arguments);
    arguments.requireFloat32();
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
   * Returns the axes of an output that make up one sample, as Keras counts them: 0 are the rows,
   * which are none of them, -1 is the last, which is it unless overridden.
   */
  public List<Integer> axes() {
    return LossAxes.LAST;
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
   * Tells whether the loss of several batches, the mean of theirs by rows as Keras tracks it, is
   * that of their samples together. It is not if a batch's losses are divided by anything else than
   * the number of its rows times a constant.
   */
  public boolean isMeanOfSamples() {
    return reduction == Reduction.SUM_OVER_BATCH_SIZE || reduction == Reduction.MEAN;
  }

  /**
   * Returns what to do about labels of another width than {@link #labelWidth}, to be read after
   * what is wrong, or an empty text.
   *
   * @param given the width of the labels that were given
   */
  public String remedy(int given, int predictionWidth) {
    return "";
  }

  /**
   * Checks labels before training; finite numbers are all that is asked unless a loss asks for
   * more. Stricter than Keras, which checks no label.
   *
   * @return null if all are allowed, else what is wrong with the first bad one and what is allowed
   */
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return Labels.finite(name, labels, samples * labelWidth(predictionWidth));
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
   * Collects what every loss has, and what those with arguments of their own add.
   *
   * @param <L> the loss
   * @param <B> the builder's own type
   */
  public abstract static class Builder<L extends Loss, B extends Builder<L, B>>
      extends ObjectBuilder<L, B> {

    /**
     * Creates a builder.
     *
     * @param owner the name of the class, for errors
     * @param constructor reads the arguments and checks them
     */
    protected Builder(String owner, Function<ConfigReader, L> constructor) {
      super(owner, constructor);
    }

    /** Sets the name. */
    public B name(String name) {
      return set("name", name);
    }

    /** Sets how the values of the samples become one number; default the mean over the batch. */
    public B reduction(Reduction reduction) {
      return set("reduction", reduction.id());
    }
  }
}
