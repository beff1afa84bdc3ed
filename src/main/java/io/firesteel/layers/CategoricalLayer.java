package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * A layer that finds the category of each value and puts out its index, or vectors of what there is
 * in a row.
 *
 * @param <L> the layer's own class
 */
abstract class CategoricalLayer<L extends CategoricalLayer<L>> extends KerasLayer<L> {

  private static final int WHOLE_BOUND = 1 << 24;

  private final CategoryOutput output;

  CategoricalLayer(CategoryOutput output, LayerOptions options) {
    super(options);
    this.output = output;
  }

  /** Returns the number of categories, which is the length of a vector of them. */
  abstract int depth();

  /** Returns the index of the category of a value. */
  abstract int index(float value);

  /** Returns what the layer puts out. */
  final CategoryOutput output() {
    return output;
  }

  /** Returns what the layer puts out: Keras's {@code output_mode}. */
  public final String outputMode() {
    return output.word();
  }

  /** Returns Keras's name of the type of the layer's output, as files have it. */
  public String outputDtype() {
    return output == CategoryOutput.INT ? "int64" : "float32";
  }

  /** Returns a value that must be a whole number. */
  final long whole(float value) {
    if (value != (long) value || Math.abs(value) >= WHOLE_BOUND) {
      throw new IllegalArgumentException(
          "The layer '%s' takes whole numbers between -2^24 and 2^24, which floats hold. Received: %s"
              .formatted(name(), value));
    }

    return (long) value;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return output.shape(
        getClass().getSimpleName(), input, output == CategoryOutput.INT ? 1 : depth());
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    int size = input.size();
    int depth = output == CategoryOutput.INT ? 1 : depth();
    float[] x = call.input();
    float[] y = call.output();
    if (output != CategoryOutput.INT) {
      Arrays.fill(y, 0, call.rows() * computeOutputShape(input).size(), 0.0f);
    }

    for (int row = 0; row < call.rows(); row++) {
      for (int place = 0; place < size; place++) {
        output.put(y, row, place, size, depth, index(x[row * size + place]));
      }
    }
  }

  /** Fills zeros: a small change of a value changes nothing, or all at once. */
  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      Arrays.fill(gradient, 0, call.rows() * input.size(), 0.0f);
    }
  }
}
