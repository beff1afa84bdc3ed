package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The crossentropy {@code -log(p[y])} of a distribution over classes, the label {@code y} a class
 * index.
 *
 * <p>Probabilities are divided by their sum and clipped to [1e-7, 1 - 1e-7], outside of which the
 * gradient is 0; with {@code from_logits}, {@code p} is the softmax of the predictions and nothing
 * is clipped. Samples of the class {@code ignore_class} take no part, see {@link #takesPart}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py and keras/src/backend/jax/nn.py. Stricter than
 * Keras: labels that are no class index are refused (Keras cuts off fractions and gives the loss 0
 * for what is out of range), and so is every axis but the last, with which Keras fails in fit.
 * Differs from Keras: the logit minus infinity of another class counts as the probability 0; Keras
 * gives NaN.
 */
public final class SparseCategoricalCrossentropy extends SamplewiseLoss {

  private final boolean fromLogits;
  private final @Nullable Long ignoreClass;

  SparseCategoricalCrossentropy(ConfigReader arguments) {
    super("sparse_categorical_crossentropy", arguments);
    this.fromLogits = arguments.bool("from_logits", false);
    this.ignoreClass = arguments.nullableInteger("ignore_class", null);
    if (arguments.integer("axis", -1) != -1) {
      throw arguments.invalid("axis", "-1, the last axis");
    }
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("from_logits", fromLogits)
        .put("ignore_class", ignoreClass)
        .build();
  }

  @Override
  public int labelWidth(int predictionWidth) {
    return 1;
  }

  @Override
  public String remedy(int given, int predictionWidth) {
    return given == predictionWidth
        ? ". Labels of one value a class go with the loss categorical_crossentropy"
        : "";
  }

  @Override
  public boolean takesPart(float[] labels, int sample) {
    return ignoreClass == null || labels[sample] != ignoreClass.floatValue();
  }

  @Override
  public boolean isMeanOfSamples() {
    return ignoreClass == null && super.isMeanOfSamples();
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    for (int i = 0; i < samples; i++) {
      if (takesPart(labels, i) && !Labels.isClass(labels[i], predictionWidth)) {
        return refusal(labels[i], predictionWidth);
      }
    }

    return null;
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    if (!takesPart(labels, labelStart)) {
      if (gradient != null) {
        Arrays.fill(gradient, start, start + width, 0f);
      }

      return 0f;
    }

    float label = labels[labelStart];
    if (!Labels.isClass(label, width)) {
      throw new IllegalArgumentException(refusal(label, width));
    }

    int target = start + (int) label;
    return fromLogits
        ? ofLogits(target, predictions, start, width, gradient)
        : ofProbabilities(target, predictions, start, width, gradient);
  }

  private static float ofLogits(
      int target, float[] predictions, int start, int width, float @Nullable [] gradient) {
    float max = Probabilities.max(predictions, start, width);
    double sum = Probabilities.expSum(predictions, start, width, max, gradient);
    if (gradient != null) {
      for (int j = start; j < start + width; j++) {
        gradient[j] = (float) (gradient[j] / sum);
      }

      gradient[target] -= 1f;
    }

    return -(predictions[target] - max - (float) StrictMath.log(sum));
  }

  private static float ofProbabilities(
      int target, float[] predictions, int start, int width, float @Nullable [] gradient) {
    float sum = Probabilities.sum(predictions, start, width);
    float share = predictions[target] / sum;
    float p = Probabilities.clip(share);
    if (gradient != null) {
      float slope = -1f / p * Probabilities.slope(share);
      float mean = slope * share;
      Arrays.fill(gradient, start, start + width, -mean / sum);
      gradient[target] = (slope - mean) / sum;
    }

    return -Probabilities.log(p);
  }

  private String refusal(float label, int classes) {
    String ignored = ignoreClass == null ? "" : ", or the ignored class " + ignoreClass;
    return Labels.noClass(name(), label, classes) + ignored;
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<SparseCategoricalCrossentropy, Builder> {
    private Builder() {
      super("SparseCategoricalCrossentropy", SparseCategoricalCrossentropy::new);
    }

    /** Takes predictions as logits; without this they are probabilities. */
    public Builder fromLogits() {
      return set("from_logits", true);
    }

    /** Sets the class whose samples take no part, null (the default) for none. */
    public Builder ignoreClass(@Nullable Long ignoreClass) {
      return set("ignore_class", ignoreClass);
    }
  }
}
