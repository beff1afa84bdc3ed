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
 * alpha and gamma at least 0, there must be two classes or more, and every axis but the last is
 * refused.
 */
public final class CategoricalFocalCrossentropy extends SmoothedCrossentropy {

  private static final double ALPHA = 0.25;
  private static final double GAMMA = 2.0;

  private final List<Double> alphas;
  private final boolean oneAlpha;
  private final double gamma;

  private CategoricalFocalCrossentropy(Builder builder) {
    super(builder);
    this.alphas = builder.alphas;
    this.oneAlpha = builder.oneAlpha;
    this.gamma = builder.gamma;
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static CategoricalFocalCrossentropy fromConfig(Config config) {
    ConfigReader reader = config.reader("CategoricalFocalCrossentropy");
    Builder builder = builder().read(reader);
    if (reader.any("alpha") instanceof List<?>) {
      builder.alphas(reader.numbers("alpha"));
    } else {
      builder.alpha(reader.number("alpha", ALPHA));
    }

    builder.gamma(reader.number("gamma", GAMMA));
    reader.finish();
    return builder.build();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("alpha", oneAlpha ? alphas.get(0) : alphas)
        .put("gamma", gamma)
        .build();
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

    return LabelRange.unit(name(), labels, samples * predictionWidth);
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
      float p = Probability.clip(shares[j]);
      float log = Probability.log(p);
      float alpha = (float) alpha(j);
      float factor = Focus.factor(1f - p, gamma);
      loss -= alpha * factor * (label * log);
      if (gradient != null) {
        float inner = Focus.slope(1f - p, gamma) * log - factor / p;
        float slope = alpha * label * inner * Probability.slope(shares[j]);
        mean += slope * shares[j];
        gradient[start + j] = slope;
      }
    }

    if (gradient != null) {
      float sum = fromLogits ? 1f : Softmax.sum(predictions, start, width);
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
            ? Softmax.expSum(shares, 0, width, Softmax.max(shares, 0, width), shares)
            : Softmax.sum(shares, 0, width);
    for (int j = 0; j < width; j++) {
      shares[j] = (float) (shares[j] / sum);
    }

    return shares;
  }

  private double alpha(int index) {
    return oneAlpha ? alphas.get(0) : alphas.get(index);
  }

  /** Collects the arguments. */
  public static final class Builder extends SmoothedCrossentropy.Builder<Builder> {
    private List<Double> alphas = List.of(ALPHA);
    private boolean oneAlpha = true;
    private double gamma = GAMMA;

    private Builder() {
      super("CategoricalFocalCrossentropy", "categorical_focal_crossentropy");
    }

    /**
     * Sets the weight of all classes; default 0.25.
     *
     * @throws IllegalArgumentException if it is not a number of at least 0
     */
    public Builder alpha(double alpha) {
      alphas(List.of(alpha));
      this.oneAlpha = true;
      return this;
    }

    /**
     * Sets the weight of each class.
     *
     * @throws IllegalArgumentException if one is not a number of at least 0, or there are none
     */
    public Builder alphas(List<Double> alphas) {
      boolean ok =
          !alphas.isEmpty() && alphas.stream().allMatch(a -> a >= 0.0 && Double.isFinite(a));
      Argument.require(owner, "alpha", alphas, ok, "a number >= 0, or one a class");

      this.alphas = List.copyOf(alphas);
      this.oneAlpha = false;
      return this;
    }

    /**
     * Sets how much less classes count that are predicted well; default 2.
     *
     * @throws IllegalArgumentException if it is not a number of at least 0
     */
    public Builder gamma(double gamma) {
      this.gamma = Argument.nonNegative(owner, "gamma", gamma);
      return this;
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public CategoricalFocalCrossentropy build() {
      return new CategoricalFocalCrossentropy(this);
    }
  }
}
