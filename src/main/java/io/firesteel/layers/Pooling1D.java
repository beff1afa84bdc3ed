package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A layer that makes one value of some steps of a sequence, feature by feature: the pooling of an
 * image of one column.
 *
 * @param <L> the layer's own class
 * @param <P> the pooling of images
 */
abstract class Pooling1D<L extends Pooling1D<L, P>, P extends Pooling2D<P>> extends KerasLayer<L> {

  private final P pooling;

  Pooling1D(P pooling, LayerOptions options) {
    super(options);
    this.pooling = pooling;
  }

  abstract L with(P newPooling, LayerOptions newOptions);

  /** Reads the arguments; {@code ofSize} has windows of that many steps. */
  static <P extends Pooling2D<P>> P read(ConfigReader reader, IntFunction<P> ofSize) {
    int size = Sequences.readSize(reader, "pool_size", 2);
    return ofSize
        .apply(size)
        .strides(Sequences.readSize(reader, "strides", size), 1)
        .padding(reader.string("padding", "valid"))
        .dataFormat(reader.nullableString("data_format"));
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return with(pooling, newOptions);
  }

  /** Returns this layer with windows that begin so many steps apart, at least 1. */
  public final L strides(int value) {
    return with(pooling.strides(value, 1), options());
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public final L padding(String value) {
    return with(pooling.padding(value), options());
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    return with(pooling.dataFormat(value), options());
  }

  @Override
  public final boolean builtAtInit() {
    return true;
  }

  private Shape image(Shape input) {
    return Sequences.toImage(getClass().getSimpleName(), input, pooling.arguments().format());
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    Shape image = pooling.computeOutputShape(image(input));
    return Sequences.ofImage(image, pooling.arguments().format());
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    pooling.forward(image(input), call);
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    pooling.backward(image(input), call);
  }

  @Override
  public final Config getConfig() {
    Pooling2D.Arguments arguments = pooling.arguments();
    return baseConfig()
        .put("pool_size", List.of(arguments.poolSize().height()))
        .put("padding", arguments.padding().toString())
        .put("strides", List.of(arguments.strides().height()))
        .put("data_format", arguments.format().toString())
        .build();
  }
}
