package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Adds values of an earlier layer's output to its own input, past all layers between: for an input
 * of width w, y[j] = x[j] + s[first + j] + s[first + j + w] + ... over {@code count} values of s.
 *
 * <p>With as many values as the input has it is a residual connection; on a single value, such as
 * the logit of a deep part, it adds the sum of them, such as the linear and the factorization
 * machine's part of a {@link FeatureBlock}.
 *
 * <p>Differs from Keras: there the functional API and the layer {@code Add} do this, and a
 * Sequential model has nothing of the kind, so that Keras does not open models with it.
 */
public final class SkipConnection extends MultiInputLayer<SkipConnection> {

  private static final String NAME = "SkipConnection";

  private final String from;
  private final int first;
  private final int count;

  private SkipConnection(String from, int first, int count, LayerOptions options) {
    super(options);
    this.from = from;
    this.first = first;
    this.count = count;
    Slice.requireRange(NAME, first, count);
  }

  /**
   * Returns the layer.
   *
   * @param from the name of the earlier layer
   * @param first the index of the first value of its output
   * @param count the number of values, a multiple of the width of the input
   */
  public static SkipConnection of(String from, int first, int count) {
    return new SkipConnection(from, first, count, LayerOptions.DEFAULT);
  }

  static SkipConnection fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    SkipConnection layer =
        new SkipConnection(
            reader.string("layer"),
            IdColumn.int32(reader, "first"),
            IdColumn.int32(reader, "count"),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected SkipConnection with(LayerOptions newOptions) {
    return new SkipConnection(from, first, count, newOptions);
  }

  /** Returns the name of the earlier layer. */
  public String from() {
    return from;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    Shape input = inputs.get(0);
    if (input.rank() != 1 || input.size() == 0 || count % input.size() != 0) {
      throw new IllegalArgumentException(
          "SkipConnection adds %d values to vectors whose width must divide that. Received the shape: %s"
              .formatted(count, input));
    }

    Shape source = inputs.get(inputs.size() - 1);
    if (inputs.size() > 1 && (source.rank() != 1 || first + count > source.size())) {
      throw new IllegalArgumentException(
          "SkipConnection needs vectors of at least %d values of the layer '%s'. Received the shape: %s"
              .formatted(first + count, from, source));
    }

    return input;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    int width = inputs.get(0).size();
    int skipWidth = inputs.get(1).size();
    float[] y = call.output();
    float[] source = call.input(1);
    System.arraycopy(call.input(), 0, y, 0, call.rows() * width);
    for (int row = 0; row < call.rows(); row++) {
      int from = row * skipWidth + first;
      for (int i = 0; i < count; i++) {
        y[row * width + i % width] += source[from + i];
      }
    }
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    int width = inputs.get(0).size();
    int skipWidth = inputs.get(1).size();
    float[] ofOutput = call.outputGradient();
    float[] ofSource = call.inputGradient(1);
    if (ofSource != null) {
      Arrays.fill(ofSource, 0, call.rows() * skipWidth, 0.0f);
      for (int row = 0; row < call.rows(); row++) {
        int to = row * skipWidth + first;
        for (int i = 0; i < count; i++) {
          ofSource[to + i] += ofOutput[row * width + i % width];
        }
      }
    }

    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      System.arraycopy(ofOutput, 0, ofInput, 0, call.rows() * width);
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("layer", from).put("first", first).put("count", count).build();
  }
}
