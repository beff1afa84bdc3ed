package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * Some of the values of a vector, one next to the other: y = x[first : first + count].
 *
 * <p>Differs from Keras: it has the operation ({@code keras.ops.slice}) but no such layer, so that
 * Keras does not open models with it.
 */
public final class Slice extends KerasLayer<Slice> {

  private static final String NAME = "Slice";

  private final int first;
  private final int count;

  private Slice(int first, int count, LayerOptions options) {
    super(options);
    this.first = first;
    this.count = count;
    requireRange(NAME, first, count);
  }

  /** Returns the layer for that many values from the one with the index {@code first} on. */
  public static Slice of(int first, int count) {
    return new Slice(first, count, LayerOptions.DEFAULT);
  }

  static Slice fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Slice layer =
        new Slice(
            IdColumn.int32(reader, "first"),
            IdColumn.int32(reader, "count"),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  static void requireRange(String layer, int first, int count) {
    if (first < 0 || count < 1 || first > Integer.MAX_VALUE - count) {
      throw new IllegalArgumentException(
          "%s: 'first' must not be negative, and 'count' must be at least 1. Received: first=%d, count=%d"
              .formatted(layer, first, count));
    }
  }

  @Override
  protected Slice with(LayerOptions newOptions) {
    return new Slice(first, count, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    if (input.rank() != 1 || first + count > input.size()) {
      throw new IllegalArgumentException(
          "Slice needs vectors of at least %d values. Received the shape: %s"
              .formatted(first + count, input));
    }

    return Shape.of(count);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    for (int row = 0; row < call.rows(); row++) {
      int from = row * input.size() + first;
      System.arraycopy(call.input(), from, call.output(), row * count, count);
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    Arrays.fill(ofInput, 0, call.rows() * input.size(), 0.0f);
    for (int row = 0; row < call.rows(); row++) {
      int to = row * input.size() + first;
      System.arraycopy(call.outputGradient(), row * count, ofInput, to, count);
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("first", first).put("count", count).build();
  }
}
