package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * In training, multiplies each value by a normal random number of mean 1 and variance rate / (1 -
 * rate) (Keras 3.15, keras/src/layers/regularization/gaussian_dropout.py).
 */
public final class GaussianDropout extends NoiseLayer<GaussianDropout> {

  private static final String NAME = "GaussianDropout";

  private GaussianDropout(double rate, @Nullable Long seed, LayerOptions options) {
    super(Argument.belowOne(NAME, "rate", rate), seed, options);
  }

  /** Returns the layer; the rate is at least 0 and below 1. */
  public static GaussianDropout of(double rate) {
    return new GaussianDropout(rate, null, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public GaussianDropout seed(long value) {
    return new GaussianDropout(rate(), value, options());
  }

  static GaussianDropout fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GaussianDropout layer =
        new GaussianDropout(
            reader.number("rate"), reader.nullableInteger("seed", null), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GaussianDropout with(LayerOptions newOptions) {
    return new GaussianDropout(rate(), seed(), newOptions);
  }

  @Override
  void factors(Shape input, int rows, RandomStream random, float[] factors) {
    double deviation = Math.sqrt(rate() / (1.0 - rate()));
    for (int i = 0; i < rows * input.size(); i++) {
      factors[i] = (float) (1.0 + deviation * random.nextGaussian());
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("rate", rate()).put("seed", seed()).build();
  }
}
