package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of {@code -y log(p) - (1 - y) log(1 - p)} over independent yes-or-no predictions.
 *
 * <p>Label smoothing {@code s} replaces {@code y} by {@code y (1 - s) + s / 2}. Probabilities are
 * clipped to [1e-7, 1 - 1e-7], outside of which the gradient is 0; with {@code from_logits}, {@code
 * p} is the sigmoid of the prediction and nothing is clipped.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py and keras/src/backend/jax/nn.py. Stricter than
 * Keras: labels outside [0, 1] are refused.
 */
public final class BinaryCrossentropy extends SmoothedCrossentropy {

  /* The labels as the formula sees them are y * scale + shift. */
  private final float scale;
  private final float shift;

  BinaryCrossentropy(ConfigReader arguments) {
    super("binary_crossentropy", arguments);
    this.scale = (float) (1.0 - labelSmoothing);
    this.shift = (float) (0.5 * labelSmoothing);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
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
      sum += fromLogits ? lossOfLogit(label, prediction) : loss(label, prediction);
      if (gradient != null) {
        float slope = fromLogits ? slopeOfLogit(label, prediction) : slope(label, prediction);
        gradient[start + j] = slope / width;
      }
    }

    return (float) (sum / width);
  }

  private static float loss(float label, float probability) {
    float p = Probabilities.clip(probability);
    return -(label * Probabilities.log(p) + (1f - label) * Probabilities.log(1f - p));
  }

  private static float slope(float label, float probability) {
    float p = Probabilities.clip(probability);
    return Probabilities.slope(probability) * ((1f - label) / (1f - p) - label / p);
  }

  private static float lossOfLogit(float label, float logit) {
    double tail = StrictMath.log1p(StrictMath.exp(-Math.abs(logit)));
    float yes = (float) (Math.max(-logit, 0f) + tail);
    float no = (float) (Math.max(logit, 0f) + tail);
    return label * yes + (1f - label) * no;
  }

  private static float slopeOfLogit(float label, float logit) {
    double tail = StrictMath.exp(-Math.abs(logit));
    float far = (float) (tail / (1.0 + tail));
    float near = (float) (1.0 / (1.0 + tail));
    return logit >= 0f ? (1f - label) * near - label * far : (1f - label) * far - label * near;
  }

  /** Collects the arguments. */
  public static final class Builder
      extends SmoothedCrossentropy.Builder<BinaryCrossentropy, Builder> {
    private Builder() {
      super("BinaryCrossentropy", BinaryCrossentropy::new);
    }
  }
}
