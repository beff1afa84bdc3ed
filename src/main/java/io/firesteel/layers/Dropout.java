package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A layer that, in training, sets each value to 0 with probability {@code rate} and divides the
 * others by 1 - rate; else it passes its input on (Keras 3.15,
 * keras/src/layers/regularization/dropout.py).
 *
 * <p>Which values are dropped depends on {@link LayerCall#seed} alone, and on the layer's own seed
 * if it has one. Differs from Keras: the random numbers are others. Stricter than Keras: a rate of
 * 1, which leaves nothing, is refused.
 */
public final class Dropout extends KerasLayer<Dropout> {

  private final double rate;
  private final @Nullable Long seed;
  private final NoiseShape noiseShape;

  private Dropout(double rate, @Nullable Long seed, NoiseShape noiseShape, LayerOptions options) {
    super(options);
    this.rate = rate;
    this.seed = seed;
    this.noiseShape = noiseShape;
    Argument.belowOne("Dropout", "rate", rate);
  }

  /**
   * Returns the layer.
   *
   * @param rate the share of values to drop, at least 0 and below 1
   */
  public static Dropout of(double rate) {
    return new Dropout(rate, null, NoiseShape.none("Dropout"), LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public Dropout seed(long value) {
    return new Dropout(rate, value, noiseShape, options());
  }

  /**
   * Returns this layer with values that are dropped together: {@code noiseShape(null, 1, null)}
   * drops a feature of a sequence in all its steps.
   *
   * @param extents null for the rows; then, for each axis of a row, 1 where its values go together,
   *     else null or the input's extent
   * @throws IllegalArgumentException if the first extent is not null, or another is below 1
   */
  public Dropout noiseShape(@Nullable Integer... extents) {
    return new Dropout(rate, seed, NoiseShape.of("Dropout", extents), options());
  }

  static Dropout fromConfig(Config config) {
    ConfigReader reader = config.reader("Dropout");
    LayerOptions options = LayerOptions.read(reader);
    NoiseShape noiseShape = NoiseShape.read("Dropout", reader);
    Dropout layer =
        new Dropout(
            reader.number("rate"), reader.nullableInteger("seed", null), noiseShape, options);
    reader.finish();
    return layer;
  }

  @Override
  protected Dropout with(LayerOptions newOptions) {
    return new Dropout(rate, seed, noiseShape, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return noiseShape.require(input);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int n = call.rows() * input.size();
    if (!active(call)) {
      System.arraycopy(call.input(), 0, call.output(), 0, n);
      return;
    }

    RandomStream random = DropFactors.random(seed, call);
    float[] mask = call.scratch(n);
    noiseShape.fill(input, call.rows(), random, rate, 1.0f, mask);
    keep(mask, call.input(), call.output(), n);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient == null) {
      return;
    }

    int n = call.rows() * input.size();
    if (active(call)) {
      keep(call.scratch(n), call.outputGradient(), gradient, n);
    } else {
      System.arraycopy(call.outputGradient(), 0, gradient, 0, n);
    }
  }

  private boolean active(LayerCall call) {
    return call.training() && rate > 0.0;
  }

  private void keep(float[] mask, float[] from, float[] to, int n) {
    float probability = (float) (1.0 - rate);
    for (int i = 0; i < n; i++) {
      to[i] = mask[i] != 0.0f ? from[i] / probability : 0.0f;
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("rate", rate)
        .put("seed", seed)
        .put("noise_shape", noiseShape.extents())
        .build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
