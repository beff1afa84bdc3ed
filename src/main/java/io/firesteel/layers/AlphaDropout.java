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
  private final NoiseShape noiseShape;

  private AlphaDropout(
      double rate, @Nullable Long seed, NoiseShape noiseShape, LayerOptions options) {
    super(Argument.belowOne(NAME, "rate", rate), seed, options);
    this.noiseShape = noiseShape;
    scale = 1.0 / Math.sqrt((1.0 - rate) * (1.0 + rate * LIMIT * LIMIT));
  }

  /** Returns the layer; the rate is at least 0 and below 1. */
  public static AlphaDropout of(double rate) {
    return new AlphaDropout(rate, null, NoiseShape.none(NAME), LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public AlphaDropout seed(long value) {
    return new AlphaDropout(rate(), value, noiseShape, options());
  }

  /**
   * Returns this layer with values that are dropped together, as {@link Dropout#noiseShape}.
   *
   * @throws IllegalArgumentException if the first extent is not null, or another is below 1
   */
  public AlphaDropout noiseShape(@Nullable Integer... extents) {
    return new AlphaDropout(rate(), seed(), NoiseShape.of(NAME, extents), options());
  }

  static AlphaDropout fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    NoiseShape noiseShape = NoiseShape.read(NAME, reader);
    AlphaDropout layer =
        new AlphaDropout(
            reader.number("rate"),
            reader.nullableInteger("seed", null),
            noiseShape,
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected AlphaDropout with(LayerOptions newOptions) {
    return new AlphaDropout(rate(), seed(), noiseShape, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return noiseShape.require(input);
  }

  @Override
  void factors(Shape input, int rows, RandomStream random, float[] factors) {
    noiseShape.fill(input, rows, random, rate(), (float) scale, factors);
  }

  @Override
  float offset(float factor) {
    double dropped = factor == 0.0f ? scale * LIMIT : 0.0;
    return (float) (dropped - scale * LIMIT * rate());
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("rate", rate())
        .put("seed", seed())
        .put("noise_shape", noiseShape.extents())
        .build();
  }
}
