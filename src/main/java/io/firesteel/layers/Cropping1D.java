package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * Sequences without some steps at their ends (Keras 3.15,
 * keras/src/layers/reshaping/cropping1d.py).
 */
public final class Cropping1D extends GatherLayer<Cropping1D> {

  private static final String NAME = "Cropping1D";

  private final Margins cropping;

  private Cropping1D(Margins cropping, LayerOptions options) {
    super(options);
    this.cropping = cropping;
    boolean ok = Math.min(cropping.top(), cropping.bottom()) >= 0;
    Argument.require(NAME, "cropping", cropping.toSequenceConfig(), ok, "integers >= 0");
  }

  /** Returns the layer for as many steps before and behind a sequence. */
  public static Cropping1D of(int both) {
    return of(both, both);
  }

  /** Returns the layer for so many steps before and behind a sequence. */
  public static Cropping1D of(int before, int behind) {
    return new Cropping1D(new Margins(before, behind, 0, 0), LayerOptions.DEFAULT);
  }

  static Cropping1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Cropping1D layer =
        new Cropping1D(Margins.readSequence(reader, "cropping", 1), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Cropping1D with(LayerOptions newOptions) {
    return new Cropping1D(cropping, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Sequences.require(NAME, input);
    int steps = input.dim(0) - cropping.top() - cropping.bottom();
    if (steps < 1) {
      throw new IllegalArgumentException(
          "Cropping1D: 'cropping' must leave something of rows of shape %s. Received: %s"
              .formatted(input, cropping.toSequenceConfig()));
    }

    return Shape.of(steps, input.dim(1));
  }

  @Override
  int[] sources(Shape input, Shape output) {
    int[] sources = new int[output.size()];
    int shift = cropping.top() * input.dim(1);
    for (int i = 0; i < sources.length; i++) {
      int from = i + shift;
      sources[i] = from < 0 || from >= input.size() ? NOWHERE : from;
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("cropping", cropping.toSequenceConfig()).build();
  }
}
