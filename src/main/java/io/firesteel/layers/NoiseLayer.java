package io.firesteel.layers;

import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A layer that, in training, multiplies each value by a random factor and may add to it; else it
 * passes its input on.
 *
 * <p>The random numbers depend on {@link LayerCall#seed} alone, and on the layer's own seed if it
 * has one; they are others than Keras's.
 */
abstract class NoiseLayer<L extends NoiseLayer<L>> extends PassThrough<L> {

  private final double rate;
  private final @Nullable Long seed;

  NoiseLayer(double rate, @Nullable Long seed, LayerOptions options) {
    super(options);
    this.rate = rate;
    this.seed = seed;
  }

  final double rate() {
    return rate;
  }

  final @Nullable Long seed() {
    return seed;
  }

  /** Fills the factors of the values of a batch. */
  abstract void factors(Shape input, int rows, RandomStream random, float[] factors);

  /**
   * Drops whole channels: draws one number for each row and channel, and fills all its places with
   * 0 or 1 / (1 - rate).
   *
   * @param isFirst whether the channels are the first axis of a row, instead of the last
   */
  final void dropChannels(
      Shape input, int channels, boolean isFirst, int rows, RandomStream random, float[] factors) {
    int places = input.size() / channels;
    for (int row = 0; row < rows; row++) {
      int start = row * input.size();
      for (int c = 0; c < channels; c++) {
        float factor = random.nextFloat() < (float) rate() ? 0.0f : (float) (1.0 / (1.0 - rate()));
        if (isFirst) {
          Arrays.fill(factors, start + c * places, start + (c + 1) * places, factor);
        } else {
          for (int i = c; i < input.size(); i += channels) {
            factors[start + i] = factor;
          }
        }
      }
    }
  }

  /** Returns what is added to a value with that factor. */
  float offset(float factor) {
    return 0.0f;
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    if (!isActive(call)) {
      super.forward(input, call);
      return;
    }

    int n = call.rows() * input.size();
    float[] factors = call.scratch(n);
    RandomStream random = DropFactors.random(seed, call);
    factors(input, call.rows(), random, factors);
    float[] x = call.input();
    float[] y = call.output();
    for (int i = 0; i < n; i++) {
      y[i] = x[i] * factors[i] + offset(factors[i]);
    }
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (!isActive(call) || ofInput == null) {
      super.backward(input, call);
      return;
    }

    int n = call.rows() * input.size();
    float[] factors = call.scratch(n);
    float[] ofOutput = call.outputGradient();
    for (int i = 0; i < n; i++) {
      ofInput[i] = ofOutput[i] * factors[i];
    }
  }

  private boolean isActive(LayerCall call) {
    return call.training() && rate > 0.0;
  }
}
