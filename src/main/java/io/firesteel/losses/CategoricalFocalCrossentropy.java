package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The crossentropy {@code -sum(alpha (1 - p)^gamma y log(p))} of a distribution over classes, in
 * which classes that are predicted well count less.
 *
 * <p>Label smoothing {@code s} replaces {@code y} by {@code y (1 - s) + s / width}. Probabilities
 * are divided by their sum and clipped to [1e-7, 1 - 1e-7], outside of which the gradient is 0,
 * also with {@code from_logits}, where they are the softmax of the predictions.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1708.02002">Lin et al., 2018</a>.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must be in [0, 1],
 * alpha and gamma at least 0, and there must be two classes or more; label smoothing and a list of
 * alphas need the last axis.
 */
public final class CategoricalFocalCrossentropy extends SmoothedCrossentropy {

  private static final double ALPHA = 0.25;
  private static final double GAMMA = 2.0;

  private final List<Double> alphas;
  private final boolean oneAlpha;
  private final double gamma;

  CategoricalFocalCrossentropy(ConfigReader arguments) {
    super("categorical_focal_crossentropy", arguments);
    String owner = arguments.owner();
    this.oneAlpha = !(arguments.any("alpha") instanceof List<?>);
    this.alphas = oneAlpha ? List.of(arguments.number("alpha", ALPHA)) : arguments.numbers("alpha");
    boolean ok = !alphas.isEmpty() && alphas.stream().allMatch(a -> a >= 0.0 && a < 1.0 / 0.0);
    Argument.require(owner, "alpha", alphas, ok, "a number >= 0, or one a class");
    requireLastAxis(owner, "label_smoothing", labelSmoothing, labelSmoothing != 0);
    requireLastAxis(owner, "alpha", alphas, !oneAlpha);
    this.gamma = Argument.nonNegative(owner, "gamma", arguments.number("gamma", GAMMA));
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("alpha", oneAlpha ? alphas.get(0) : alphas)
        .put("gamma", gamma)
        .build();
  }

  @Override
  public String remedy(int given, int predictionWidth) {
    return Labels.remedyForClassNumbers(given);
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    if (predictionWidth < 2) {
      return "%s needs 2 predictions a sample or more, one a class. Received: %d"
          .formatted(name(), predictionWidth);
    }

    if (!oneAlpha && alphas.size() != predictionWidth) {
      return "%s has %d values of alpha, which must be one a class. Received: %d classes"
          .formatted(name(), alphas.size(), predictionWidth);
    }

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
    float[] shares = shares(predictions, start, width);
    float scale = (float) (1.0 - labelSmoothing);
    float shift = (float) labelSmoothing / width;
    double loss = 0.0;
    double mean = 0.0;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j] * scale + shift;
      float p = Probabilities.clip(shares[j]);
      float log = Probabilities.log(p);
      float alpha = (float) alpha(j);
      float factor = Probabilities.focus(1f - p, gamma);
      loss -= alpha * factor * (label * log);
      if (gradient != null) {
        float inner = Probabilities.focusSlope(1f - p, gamma) * log - factor / p;
        float slope = alpha * label * inner * Probabilities.slope(shares[j]);
        mean += slope * shares[j];
        gradient[start + j] = slope;
      }
    }

    if (gradient != null) {
      float sum = fromLogits ? 1f : Probabilities.sum(predictions, start, width);
      for (int j = 0; j < width; j++) {
        float outer = fromLogits ? shares[j] : 1f / sum;
        gradient[start + j] = (float) (outer * (gradient[start + j] - mean));
      }
    }

    return (float) loss;
  }

  /** Returns the probabilities that the predictions stand for. */
  private float[] shares(float[] predictions, int start, int width) {
    float[] shares = Arrays.copyOfRange(predictions, start, start + width);
    double sum =
        fromLogits
            ? Probabilities.expSum(shares, 0, width, Probabilities.max(shares, 0, width), shares)
            : Probabilities.sum(shares, 0, width);
    for (int j = 0; j < width; j++) {
      shares[j] = (float) (shares[j] / sum);
    }

    return shares;
  }

  private double alpha(int index) {
    return oneAlpha ? alphas.get(0) : alphas.get(index);
  }

  /** Collects the arguments. */
  public static final class Builder
      extends SmoothedCrossentropy.Builder<CategoricalFocalCrossentropy, Builder> {
    private Builder() {
      super("CategoricalFocalCrossentropy", CategoricalFocalCrossentropy::new);
    }

    /** Sets the weight of all classes, at least 0; default 0.25. */
    public Builder alpha(double alpha) {
      return set("alpha", alpha);
    }

    /** Sets the weight of each class, at least 0. */
    public Builder alphas(List<Double> alphas) {
      return set("alpha", alphas);
    }

    /** Sets how much less easy classes count, at least 0; default 2. */
    public Builder gamma(double gamma) {
      return set("gamma", gamma);
    }
  }
}
