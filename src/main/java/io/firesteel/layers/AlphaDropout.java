package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * In training, sets values to the negative limit of SELU with a probability, and scales and shifts
 * all so that mean and variance stay (Keras 3.15,
 * keras/src/layers/regularization/alpha_dropout.py).
 */
public final class AlphaDropout extends NoiseLayer<AlphaDropout> {

  private static final String NAME = "AlphaDropout";

  /* -alpha scale of SELU. */
  private static final double LIMIT = -1.6732632423543772 * 1.0507009873554805;

  private final double scale;

  private AlphaDropout(double rate, @Nullable Long seed, LayerOptions options) {
    super(Argument.belowOne(NAME, "rate", rate), seed, options);
    scale = 1.0 / Math.sqrt((1.0 - rate) * (1.0 + rate * LIMIT * LIMIT));
  }

  /** Returns the layer; the rate is at least 0 and below 1. */
  public static AlphaDropout of(double rate) {
    return new AlphaDropout(rate, null, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public AlphaDropout seed(long value) {
    return new AlphaDropout(rate(), value, options());
  }

  static AlphaDropout fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    if (reader.any("noise_shape") != null) {
      throw reader.invalid("noise_shape", "null, as others are not supported");
    }

    AlphaDropout layer =
        new AlphaDropout(
            reader.number("rate"), reader.nullableInteger("seed", null), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected AlphaDropout with(LayerOptions newOptions) {
    return new AlphaDropout(rate(), seed(), newOptions);
  }

  @Override
  void factors(Shape input, int rows, RandomStream random, float[] factors) {
    for (int i = 0; i < rows * input.size(); i++) {
      factors[i] = random.nextFloat() < (float) rate() ? 0.0f : (float) scale;
    }
  }

  @Override
  float offset(float factor) {
    double dropped = factor == 0.0f ? scale * LIMIT : 0.0;
    return (float) (dropped - scale * LIMIT * rate());
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("rate", rate()).put("seed", seed()).put("noise_shape", null).build();
  }
}
