package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/** Sequences with each step repeated (Keras 3.15, keras/src/layers/reshaping/up_sampling1d.py). */
public final class UpSampling1D extends GatherLayer<UpSampling1D> {

  private static final String NAME = "UpSampling1D";

  private final int size;

  private UpSampling1D(int size, LayerOptions options) {
    super(options);
    this.size = Argument.size(NAME, "size", 1, size);
  }

  /** Returns the layer that has each step twice. */
  public static UpSampling1D of() {
    return of(2);
  }

  /** Returns the layer that has each step so many times, at least once. */
  public static UpSampling1D of(int size) {
    return new UpSampling1D(size, LayerOptions.DEFAULT);
  }

  static UpSampling1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    UpSampling1D layer = new UpSampling1D(reader.int32("size", 2), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected UpSampling1D with(LayerOptions newOptions) {
    return new UpSampling1D(size, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Sequences.require(NAME, input);
    return Shape.of(Math.multiplyExact(input.dim(0), size), input.dim(1));
  }

  @Override
  int[] sources(Shape input, Shape output) {
    int width = input.dim(1);
    int[] sources = new int[output.size()];
    for (int i = 0; i < sources.length; i++) {
      sources[i] = i / width / size * width + i % width;
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("size", size).build();
  }
}
