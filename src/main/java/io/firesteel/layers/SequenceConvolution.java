package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution along the steps of a sequence: that of an image of one column.
 *
 * @param <L> the layer's own class
 * @param <I> the convolution of images
 */
abstract class SequenceConvolution<L extends SequenceConvolution<L, I>, I extends WindowLayer<I>>
    extends KerasLayer<L> {

  private final I image;

  SequenceConvolution(I image) {
    super(image.options());
    this.image = image;
  }

  abstract L of(I newImage);

  final I image() {
    return image;
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return of(image.with(newOptions));
  }

  /** Returns this layer with windows that begin so many steps apart, at least 1. */
  public final L strides(int value) {
    return of(image.strides(value, 1));
  }

  /** Returns this layer with windows whose steps are so far apart, at least 1. */
  public final L dilationRate(int value) {
    return of(image.dilationRate(value, 1));
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public final L padding(String value) {
    return of(image.padding(value));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    return of(image.dataFormat(value));
  }

  /** Returns this layer with an activation: a name, a function, a layer or null. */
  public final L activation(@Nullable Object identifier) {
    return of(image.activation(identifier));
  }

  /** Returns this layer with a bias or without. */
  public final L useBias(boolean value) {
    return of(image.useBias(value));
  }

  /** Returns this layer with the start values of the bias, by name, instance or config. */
  public final L biasInitializer(Object identifier) {
    return of(image.biasInitializer(identifier));
  }

  /** Returns this layer with a penalty on the bias, by name, instance or config, or null. */
  public final L biasRegularizer(@Nullable Object identifier) {
    return of(image.biasRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the bias, by name, instance or config, or null. */
  public final L biasConstraint(@Nullable Object identifier) {
    return of(image.biasConstraint(identifier));
  }

  private Shape toImage(Shape input) {
    WindowArguments arguments = image.arguments();
    return Sequences.toImage(arguments.layer(), input, arguments.format());
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    WindowArguments arguments = image.arguments();
    if (!(image instanceof Conv2DTranspose)) {
      Sequences.requireWindow(
          arguments.layer(),
          input,
          arguments.format(),
          arguments.padding(),
          arguments.kernelSize().height(),
          arguments.dilation().height());
    }

    Shape output = image.computeOutputShape(toImage(input));
    return Sequences.ofImage(output, arguments.format());
  }

  @Override
  public final List<WeightSpec> weights(Shape input) {
    return Sequences.ofImage(image.weights(toImage(input)));
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    image.forward(toImage(input), call);
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    image.backward(toImage(input), call);
  }

  @Override
  public final Config getConfig() {
    return Sequences.ofImage(image.getConfig());
  }
}
