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
 * if it has one. Differs from Keras: the random numbers are others; {@code noise_shape} must be
 * null. Stricter than Keras: a rate of 1, which leaves nothing, is refused.
 */
public final class Dropout extends KerasLayer<Dropout> {

  private final double rate;
  private final @Nullable Long seed;

  private Dropout(double rate, @Nullable Long seed, LayerOptions options) {
    super(options);
    this.rate = rate;
    this.seed = seed;
    Argument.belowOne("Dropout", "rate", rate);
  }

  /**
   * Returns the layer.
   *
   * @param rate the share of values to drop, at least 0 and below 1
   */
  public static Dropout of(double rate) {
    return new Dropout(rate, null, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public Dropout seed(long value) {
    return new Dropout(rate, value, options());
  }

  static Dropout fromConfig(Config config) {
    ConfigReader reader = config.reader("Dropout");
    LayerOptions options = LayerOptions.read(reader);
    if (reader.any("noise_shape") != null) {
      throw reader.invalid("noise_shape", "null, as others are not supported");
    }

    Dropout layer =
        new Dropout(reader.number("rate"), reader.nullableInteger("seed", null), options);
    reader.finish();
    return layer;
  }

  @Override
  protected Dropout with(LayerOptions newOptions) {
    return new Dropout(rate, seed, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return input;
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

    RandomStream random =
        seed == null ? RandomStream.of(call.seed()) : RandomStream.of(seed, call.seed());
    float drop = (float) rate;
    float[] mask = call.scratch(n);
    for (int i = 0; i < n; i++) {
      mask[i] = random.nextFloat() < drop ? 0.0f : 1.0f;
    }

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
    return baseConfig().put("rate", rate).put("seed", seed).put("noise_shape", null).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
