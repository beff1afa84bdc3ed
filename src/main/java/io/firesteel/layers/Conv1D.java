package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * A convolution along the steps of a sequence: output = activation(conv(input, kernel) + bias)
 * (Keras 3.15, keras/src/layers/convolutional/conv1d.py).
 *
 * <p>Differs from Keras: {@code groups} must be 1 and {@code data_format} {@code channels_last};
 * the padding {@code causal} is refused, which {@code ZeroPadding1D.of(dilation * (kernelSize - 1),
 * 0)} in front of the layer gives.
 */
public final class Conv1D extends KernelLayer<Conv1D> {

  private static final String NAME = "Conv1D";

  private final int filters;
  private final int kernelSize;
  private final int strides;
  private final int dilation;
  private final String padding;
  private final Conv2D convolution;

  private Conv1D(
      int filters,
      int kernelSize,
      int strides,
      int dilation,
      String padding,
      KernelArguments arguments,
      LayerOptions options) {
    super(arguments, options);
    this.filters = Argument.size(NAME, "filters", 1, filters);
    this.kernelSize = Argument.size(NAME, "kernel_size", 1, kernelSize);
    this.strides = Argument.size(NAME, "strides", 1, strides);
    this.dilation = Argument.size(NAME, "dilation_rate", 1, dilation);
    this.padding = Padding.of(NAME, padding).toString();
    Conv2D image = Conv2D.of(filters, kernelSize, 1).with(arguments);
    this.convolution = image.strides(strides, 1).dilationRate(dilation, 1).padding(padding);
  }

  /**
   * Returns a layer with Keras's defaults: stride 1, padding {@code valid}, no activation, a bias.
   *
   * @param filters the number of features of the output
   * @param kernelSize the number of steps of the window
   */
  public static Conv1D of(int filters, int kernelSize) {
    return new Conv1D(
        filters, kernelSize, 1, 1, "valid", KernelArguments.DEFAULT, LayerOptions.DEFAULT);
  }

  /** Returns this layer with windows that lie so many steps apart, at least 1. */
  public Conv1D strides(int value) {
    return new Conv1D(filters, kernelSize, value, dilation, padding, arguments(), options());
  }

  /** Returns this layer with windows whose steps are so far apart, at least 1. */
  public Conv1D dilationRate(int value) {
    return new Conv1D(filters, kernelSize, strides, value, padding, arguments(), options());
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public Conv1D padding(String value) {
    return new Conv1D(filters, kernelSize, strides, dilation, value, arguments(), options());
  }

  static Conv1D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Sequences.requireChannelsLast(reader);
    for (String key : List.of("lora_rank", "lora_alpha")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    if (reader.integer("groups", 1) != 1) {
      throw reader.invalid("groups", "1, as others are not supported");
    }

    Conv1D layer =
        new Conv1D(
            reader.size("filters", 1),
            Sequences.readSize(reader, "kernel_size", 0),
            Sequences.readSize(reader, "strides", 1),
            Sequences.readSize(reader, "dilation_rate", 1),
            reader.string("padding", "valid"),
            KernelArguments.read(reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Conv1D with(LayerOptions newOptions) {
    return new Conv1D(filters, kernelSize, strides, dilation, padding, arguments(), newOptions);
  }

  @Override
  Conv1D with(KernelArguments newArguments) {
    return new Conv1D(filters, kernelSize, strides, dilation, padding, newArguments, options());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Shape image = convolution.computeOutputShape(Sequences.toImage(NAME, input));
    return Shape.of(image.dim(0), filters);
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    Shape kernel = Shape.of(kernelSize, Sequences.require(NAME, input).dim(1), filters);
    return arguments().weights(kernel, Shape.of(filters), trainable());
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    convolution.forward(Sequences.toImage(NAME, input), call);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    convolution.backward(Sequences.toImage(NAME, input), call);
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig()
            .put("filters", filters)
            .put("kernel_size", List.of(kernelSize))
            .put("strides", List.of(strides))
            .put("padding", padding)
            .put("data_format", "channels_last")
            .put("dilation_rate", List.of(dilation))
            .put("groups", 1);
    arguments().putOfConvolution(config);
    return config.build();
  }
}
