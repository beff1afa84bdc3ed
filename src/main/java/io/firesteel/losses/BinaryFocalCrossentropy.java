package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import org.jspecify.annotations.Nullable;

/**
 * The mean of {@link BinaryCrossentropy} times {@code (1 - q)^gamma}, where {@code q = y p + (1 -
 * y) (1 - p)} is the probability given to the truth, so that easy samples count less. With {@code
 * apply_class_balancing} it is also multiplied by {@code y alpha + (1 - y) (1 - alpha)}.
 *
 * <p>Label smoothing {@code s} replaces {@code y} by {@code y (1 - s) + s / 2}. The crossentropy
 * sees probabilities clipped to [1e-7, 1 - 1e-7], also with {@code from_logits}, where {@code p} is
 * the sigmoid of the prediction.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1708.02002">Lin et al., 2018</a>.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels and alpha must be
 * in [0, 1] and gamma at least 0.
 */
public final class BinaryFocalCrossentropy extends SmoothedCrossentropy {

  private static final double ALPHA = 0.25;
  private static final double GAMMA = 2.0;

  /* The labels as the formula sees them are y * scale + shift. */
  private final float scale;
  private final float shift;
  private final boolean applyClassBalancing;
  private final double alpha;
  private final double gamma;

  BinaryFocalCrossentropy(ConfigReader arguments) {
    super("binary_focal_crossentropy", arguments);
    this.scale = (float) (1.0 - labelSmoothing);
    this.shift = (float) (0.5 * labelSmoothing);
    this.applyClassBalancing = arguments.bool("apply_class_balancing", false);
    this.alpha = Argument.unit(arguments.owner(), "alpha", arguments.number("alpha", ALPHA));
    this.gamma = Argument.nonNegative(arguments.owner(), "gamma", arguments.number("gamma", GAMMA));
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("apply_class_balancing", applyClassBalancing)
        .put("alpha", alpha)
        .put("gamma", gamma)
        .build();
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return Labels.unit(name(), labels, samples * predictionWidth);
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j] * scale + shift;
      float prediction = predictions[start + j];
      float p = fromLogits ? FloatMath.sigmoid(prediction) : prediction;
      float weight = weight(label);
      sum += weight * loss(label, p);
      if (gradient != null) {
        float inner = fromLogits ? p * (1f - p) : 1f;
        gradient[start + j] = weight * slope(label, p) * inner / width;
      }
    }

    return (float) (sum / width);
  }

  private float weight(float label) {
    float share = (float) alpha;
    return applyClassBalancing ? label * share + (1f - label) * (float) (1.0 - alpha) : 1f;
  }

  private float loss(float label, float probability) {
    return Probabilities.focus(miss(label, probability), gamma) * crossentropy(label, probability);
  }

  private float slope(float label, float probability) {
    float p = Probabilities.clip(probability);
    float ofCrossentropy = Probabilities.slope(probability) * ((1f - label) / (1f - p) - label / p);
    float miss = miss(label, probability);
    return Probabilities.focusSlope(miss, gamma)
            * (1f - 2f * label)
            * crossentropy(label, probability)
        + Probabilities.focus(miss, gamma) * ofCrossentropy;
  }

  private static float miss(float label, float probability) {
    return 1f - (label * probability + (1f - label) * (1f - probability));
  }

  private static float crossentropy(float label, float probability) {
    float p = Probabilities.clip(probability);
    return -(label * Probabilities.log(p) + (1f - label) * Probabilities.log(1f - p));
  }

  /** Collects the arguments. */
  public static final class Builder
      extends SmoothedCrossentropy.Builder<BinaryFocalCrossentropy, Builder> {
    private Builder() {
      super("BinaryFocalCrossentropy", BinaryFocalCrossentropy::new);
    }

    /** Weighs the class 1 with alpha and the class 0 with 1 - alpha; without this both with 1. */
    public Builder applyClassBalancing() {
      return set("apply_class_balancing", true);
    }

    /**
     * Sets the weight of the class 1, in [0, 1], which counts with {@link #applyClassBalancing}
     * only; default 0.25.
     */
    public Builder alpha(double alpha) {
      return set("alpha", alpha);
    }

    /** Sets how much less easy samples count, at least 0; default 2. */
    public Builder gamma(double gamma) {
      return set("gamma", gamma);
    }
  }
}
