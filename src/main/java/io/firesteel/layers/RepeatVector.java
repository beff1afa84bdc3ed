package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * A vector, some times one after the other (Keras 3.15,
 * keras/src/layers/reshaping/repeat_vector.py).
 */
public final class RepeatVector extends GatherLayer<RepeatVector> {

  private static final String NAME = "RepeatVector";

  private final int n;

  private RepeatVector(int n, LayerOptions options) {
    super(options);
    this.n = Argument.size(NAME, "n", 1, n);
  }

  /** Returns the layer that repeats a vector n times, at least once. */
  public static RepeatVector of(int n) {
    return new RepeatVector(n, LayerOptions.DEFAULT);
  }

  static RepeatVector fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    RepeatVector layer = new RepeatVector(reader.size("n", 1), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected RepeatVector with(LayerOptions newOptions) {
    return new RepeatVector(n, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    if (input.rank() != 1) {
      throw new IllegalArgumentException(
          "RepeatVector needs rows of one dimension. Received the shape: " + input);
    }

    return Shape.of(n, input.dim(0));
  }

  @Override
  int[] sources(Shape input, Shape output) {
    int[] sources = new int[output.size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = i % input.size();
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("n", n).build();
  }
}
