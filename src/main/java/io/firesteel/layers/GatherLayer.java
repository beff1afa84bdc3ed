package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A layer that moves, repeats, leaves out or pads the values of a row: each value of its output is
 * one of its input, or 0; or a weighted sum of a fixed number of them.
 */
abstract class GatherLayer<L extends GatherLayer<L>> extends KerasLayer<L> {

  /** Where the values of an output row come from, for rows of one shape. */
  private record Places(int size, int[] sources, float @Nullable [] factors) {
    int taps() {
      return sources.length / Math.max(1, size);
    }
  }

  /** The source of a value that is 0. */
  static final int NOWHERE = -1;

  private final LastShape<Places> plans = new LastShape<>(this::places);

  GatherLayer(LayerOptions options) {
    super(options);
  }

  /**
   * Returns, for each value of an output row, the index of the value of the input row that it is,
   * or {@link #NOWHERE}; several for each value if there are {@link #factors}.
   */
  abstract int[] sources(Shape input, Shape output);

  /** Returns the factor of each source, or null where a value has one source, with factor 1. */
  float @Nullable [] factors(Shape input, Shape output) {
    return null;
  }

  private Places places(Shape input) {
    Shape output = computeOutputShape(input);
    return new Places(output.size(), sources(input, output), factors(input, output));
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    Places places = plans.of(input);
    for (int row = 0; row < call.rows(); row++) {
      int from = row * input.size();
      int to = row * places.size();
      if (places.factors() == null) {
        gather(places.sources(), call.input(), from, call.output(), to);
      } else {
        sum(places, places.factors(), call.input(), from, call.output(), to);
      }
    }
  }

  private static void gather(int[] sources, float[] x, int from, float[] y, int to) {
    for (int i = 0; i < sources.length; i++) {
      y[to + i] = sources[i] == NOWHERE ? 0.0f : x[from + sources[i]];
    }
  }

  private static void sum(Places places, float[] factors, float[] x, int from, float[] y, int to) {
    int taps = places.taps();
    int[] sources = places.sources();
    for (int i = 0; i < places.size(); i++) {
      float sum = 0.0f;
      for (int tap = i * taps; tap < (i + 1) * taps; tap++) {
        sum += sources[tap] == NOWHERE ? 0.0f : factors[tap] * x[from + sources[tap]];
      }

      y[to + i] = sum;
    }
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    Places places = plans.of(input);
    int[] sources = places.sources();
    float[] factors = places.factors();
    int taps = places.taps();
    float[] ofOutput = call.outputGradient();
    Arrays.fill(ofInput, 0, call.rows() * input.size(), 0.0f);
    for (int row = 0; row < call.rows(); row++) {
      int to = row * input.size();
      int from = row * places.size();
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] != NOWHERE) {
          float g = ofOutput[from + i / taps];
          ofInput[to + sources[i]] += factors == null ? g : factors[i] * g;
        }
      }
    }
  }
}
