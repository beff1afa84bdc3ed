package io.firesteel.losses;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The sum of {@code y log(y / p)} over a distribution, both cut to [1e-7, 1], outside of which
 * predictions have no gradient.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must be in [0, 1].
 */
public final class KLDivergence extends SamplewiseLoss {

  private static final float FLOOR = (float) 1e-7;

  private KLDivergence(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the loss that a config describes. */
  public static KLDivergence fromConfig(Config config) {
    ConfigReader reader = config.reader("KLDivergence");
    Builder builder = builder().read(reader);
    reader.finish();
    return builder.build();
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
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
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float label = clip(labels[labelStart + j]);
      float p = clip(predictions[start + j]);
      sum += label * Probability.log(label / p);
      if (gradient != null) {
        gradient[start + j] = -label / p * Kink.inside(predictions[start + j], FLOOR, 1f);
      }
    }

    return (float) sum;
  }

  private static float clip(float value) {
    return Math.min(Math.max(value, FLOOR), 1f);
  }

  /** Collects the arguments. */
  public static final class Builder extends Loss.Builder<Builder> {
    private Builder() {
      super("kl_divergence");
    }

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public KLDivergence build() {
      return new KLDivergence(this);
    }
  }
}
