package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * The largest value of some steps of a sequence, feature by feature (Keras 3.15,
 * keras/src/layers/pooling/max_pooling1d.py).
 *
 * <p>Differs from Keras: {@code data_format} must be {@code channels_last}.
 */
public final class MaxPooling1D extends KerasLayer<MaxPooling1D> {

  private static final String NAME = "MaxPooling1D";

  private final MaxPooling2D pooling;

  private MaxPooling1D(MaxPooling2D pooling, LayerOptions options) {
    super(options);
    this.pooling = pooling;
  }

  /** Returns the layer with windows of so many steps, at least 1, side by side. */
  public static MaxPooling1D of(int poolSize) {
    return new MaxPooling1D(MaxPooling2D.of(poolSize, 1), LayerOptions.DEFAULT);
  }

  /** Returns this layer with windows that begin so many steps apart, at least 1. */
  public MaxPooling1D strides(int value) {
    return new MaxPooling1D(pooling.strides(value, 1), options());
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public MaxPooling1D padding(String value) {
    return new MaxPooling1D(pooling.padding(value), options());
  }

  static MaxPooling1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Sequences.requireChannelsLast(reader);
    int size = Sequences.readSize(reader, "pool_size", 2);
    MaxPooling2D pooling =
        MaxPooling2D.of(size, 1)
            .strides(Sequences.readSize(reader, "strides", size), 1)
            .padding(reader.string("padding", "valid"));
    MaxPooling1D layer = new MaxPooling1D(pooling, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected MaxPooling1D with(LayerOptions newOptions) {
    return new MaxPooling1D(pooling, newOptions);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Shape image = pooling.computeOutputShape(Sequences.toImage(NAME, input));
    return Shape.of(image.dim(0), image.dim(2));
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    pooling.forward(Sequences.toImage(NAME, input), call);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    pooling.backward(Sequences.toImage(NAME, input), call);
  }

  @Override
  public Config getConfig() {
    Pooling2D.Arguments arguments = pooling.arguments();
    return baseConfig()
        .put("pool_size", List.of(arguments.poolSize().height()))
        .put("padding", arguments.padding().toString())
        .put("strides", List.of(arguments.strides().height()))
        .put("data_format", "channels_last")
        .build();
  }
}
