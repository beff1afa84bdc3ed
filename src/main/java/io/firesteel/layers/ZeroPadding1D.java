package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;

/**
 * Steps of zeros before and behind a sequence (Keras 3.15,
 * keras/src/layers/reshaping/zero_padding1d.py).
 */
public final class ZeroPadding1D extends GatherLayer<ZeroPadding1D> {

  private static final String NAME = "ZeroPadding1D";

  private final Margins padding;

  private ZeroPadding1D(Margins padding, LayerOptions options) {
    super(options);
    this.padding = padding;
    boolean ok = Math.min(padding.top(), padding.bottom()) >= 0;
    Argument.require(NAME, "padding", padding.toSequenceConfig(), ok, "integers >= 0");
  }

  /** Returns the layer for as many steps before and behind a sequence. */
  public static ZeroPadding1D of(int both) {
    return of(both, both);
  }

  /** Returns the layer for so many steps before and behind a sequence. */
  public static ZeroPadding1D of(int before, int behind) {
    return new ZeroPadding1D(new Margins(before, behind, 0, 0), LayerOptions.DEFAULT);
  }

  static ZeroPadding1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Sequences.requireChannelsLast(reader);
    ZeroPadding1D layer =
        new ZeroPadding1D(Margins.readSequence(reader, "padding", 1), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected ZeroPadding1D with(LayerOptions newOptions) {
    return new ZeroPadding1D(padding, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Sequences.require(NAME, input);
    return Shape.of(input.dim(0) + padding.top() + padding.bottom(), input.dim(1));
  }

  @Override
  int[] sources(Shape input, Shape output) {
    int[] sources = new int[output.size()];
    int shift = -padding.top() * input.dim(1);
    for (int i = 0; i < sources.length; i++) {
      int from = i + shift;
      sources[i] = from < 0 || from >= input.size() ? NOWHERE : from;
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("padding", padding.toSequenceConfig())
        .put("data_format", "channels_last")
        .build();
  }
}
