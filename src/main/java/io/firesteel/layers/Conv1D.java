package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution along the steps of a sequence: output = activation(conv(input, kernel) + bias)
 * (Keras 3.15, keras/src/layers/convolutional/conv1d.py).
 *
 * <p>The padding {@code causal} lets a step see itself and those before it. With {@code groups}
 * above 1 each part of the output sees its part of the features alone.
 */
public final class Conv1D extends KernelLayer<Conv1D> {

  private static final String NAME = "Conv1D";

  private final Conv2D image;

  private Conv1D(Conv2D image) {
    super(image.arguments(), image.options());
    this.image = image;
  }

  private Conv1D with(Conv2D newImage) {
    return new Conv1D(newImage);
  }

  /**
   * Returns a layer with Keras's defaults: stride 1, padding {@code valid}, no activation, a bias.
   *
   * @param filters the number of features of the output
   * @param kernelSize the number of steps of the window
   */
  public static Conv1D of(int filters, int kernelSize) {
    Argument.size(NAME, "filters", 1, filters);
    Argument.size(NAME, "kernel_size", 1, kernelSize);
    return new Conv1D(Conv2D.of(filters, kernelSize, 1));
  }

  /** Returns this layer with windows that lie so many steps apart, at least 1. */
  public Conv1D strides(int value) {
    return with(image.strides(Argument.size(NAME, "strides", 1, value), 1));
  }

  /** Returns this layer with windows whose steps are so far apart, at least 1. */
  public Conv1D dilationRate(int value) {
    return with(image.dilationRate(Argument.size(NAME, "dilation_rate", 1, value), 1));
  }

  /** Returns this layer with the padding {@code valid}, {@code same} or {@code causal}. */
  public Conv1D padding(String value) {
    return with(image.withPadding(Padding.ofSequence(NAME, value)));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public Conv1D dataFormat(@Nullable String value) {
    return with(image.dataFormat(value));
  }

  /** Returns this layer with so many groups of features, a divisor of {@code filters}. */
  public Conv1D groups(int value) {
    return with(image.withGroups(NAME, value));
  }

  static Conv1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    for (String key : List.of("lora_rank", "lora_alpha")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    Conv1D layer =
        of(reader.size("filters", 1), Sequences.readSize(reader, "kernel_size", 0))
            .with(KernelArguments.read(reader))
            .with(LayerOptions.read(reader))
            .strides(Sequences.readSize(reader, "strides", 1))
            .dilationRate(Sequences.readSize(reader, "dilation_rate", 1))
            .padding(reader.string("padding", "valid"))
            .dataFormat(reader.nullableString("data_format"))
            .groups(reader.int32("groups", 1));
    reader.finish();
    return layer;
  }

  @Override
  protected Conv1D with(LayerOptions newOptions) {
    return with(image.with(newOptions));
  }

  @Override
  Conv1D with(KernelArguments newArguments) {
    return with(image.with(newArguments));
  }

  private Shape toImage(Shape input) {
    return Sequences.toImage(NAME, input, image.format());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    image.requireWindow(NAME, input);
    return Sequences.ofImage(image.computeOutputShape(toImage(input)), image.format());
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return Sequences.ofImage(image.weights(toImage(input)));
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    image.forward(toImage(input), call);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    image.backward(toImage(input), call);
  }

  @Override
  public Config getConfig() {
    return Sequences.ofImage(image.getConfig());
  }
}
