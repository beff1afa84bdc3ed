package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A layer that moves, repeats, leaves out or pads the values of a row: each value of its output is
 * one of its input, or 0.
 */
abstract class GatherLayer<L extends GatherLayer<L>> extends KerasLayer<L> {

  /** Where the values of an output row come from, for rows of one shape. */
  private record Places(Shape input, int[] sources) {}

  /** The source of a value that is 0. */
  static final int NOWHERE = -1;

  private volatile @Nullable Places places;

  GatherLayer(LayerOptions options) {
    super(options);
  }

  /**
   * Returns, for each value of an output row, the index of the value of the input row that it is,
   * or {@link #NOWHERE}.
   */
  abstract int[] sources(Shape input, Shape output);

  /** Keeps the places of the last shape, as it is nearly always the same. */
  private int[] sources(Shape input) {
    Places known = places;
    if (known == null || !known.input().equals(input)) {
      known = new Places(input, sources(input, computeOutputShape(input)));
      places = known;
    }

    return known.sources();
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    int[] sources = sources(input);
    float[] x = call.input();
    float[] y = call.output();
    for (int row = 0; row < call.rows(); row++) {
      int from = row * input.size();
      int to = row * sources.length;
      for (int i = 0; i < sources.length; i++) {
        y[to + i] = sources[i] == NOWHERE ? 0.0f : x[from + sources[i]];
      }
    }
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    int[] sources = sources(input);
    float[] ofOutput = call.outputGradient();
    Arrays.fill(ofInput, 0, call.rows() * input.size(), 0.0f);
    for (int row = 0; row < call.rows(); row++) {
      int to = row * input.size();
      int from = row * sources.length;
      for (int i = 0; i < sources.length; i++) {
        if (sources[i] != NOWHERE) {
          ofInput[to + sources[i]] += ofOutput[from + i];
        }
      }
    }
  }
}
