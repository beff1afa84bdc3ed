package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A layer that, in training, adds a normal random number of mean 0 to each value; else it passes
 * its input on (Keras 3.15, keras/src/layers/regularization/gaussian_noise.py).
 *
 * <p>The numbers depend on {@link LayerCall#seed} alone, and on the layer's own seed if it has one.
 * Differs from Keras: the random numbers are others.
 */
public final class GaussianNoise extends KerasLayer<GaussianNoise> {

  private final double stddev;
  private final @Nullable Long seed;

  private GaussianNoise(double stddev, @Nullable Long seed, LayerOptions options) {
    super(options);
    this.stddev = stddev;
    this.seed = seed;
    Argument.unit("GaussianNoise", "stddev", stddev);
  }

  /**
   * Returns the layer.
   *
   * @param stddev the standard deviation of the noise, between 0 and 1
   */
  public static GaussianNoise of(double stddev) {
    return new GaussianNoise(stddev, null, LayerOptions.DEFAULT);
  }

  /** Returns this layer with a seed of its own. */
  public GaussianNoise seed(long value) {
    return new GaussianNoise(stddev, value, options());
  }

  static GaussianNoise fromConfig(Config config) {
    ConfigReader reader = config.reader("GaussianNoise");
    GaussianNoise layer =
        new GaussianNoise(
            reader.number("stddev"),
            reader.nullableInteger("seed", null),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GaussianNoise with(LayerOptions newOptions) {
    return new GaussianNoise(stddev, seed, newOptions);
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
    float[] x = call.input();
    float[] y = call.output();
    if (!call.training() || stddev == 0.0) {
      System.arraycopy(x, 0, y, 0, n);
      return;
    }

    RandomStream random = DropFactors.random(seed, call);
    for (int i = 0; i < n; i++) {
      y[i] = x[i] + (float) (stddev * random.nextGaussian());
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      System.arraycopy(call.outputGradient(), 0, gradient, 0, call.rows() * input.size());
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("stddev", stddev).put("seed", seed).build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
