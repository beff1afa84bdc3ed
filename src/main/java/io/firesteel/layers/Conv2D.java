package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of images: each output value is the activation of a sum over the window around its
 * place, output = activation(conv(input, kernel) + bias) (Keras 3.15,
 * keras/src/layers/convolutional/conv2d.py and base_conv.py).
 *
 * <p>With {@code groups} above 1 the channels of input and output are split into that many equal
 * parts, one after the other, and each part of the output sees its part of the input alone.
 *
 * <p>Differs from Keras: no LoRA; an initializer is not null. With {@code channels_first} each
 * batch is transposed on its way in and out.
 */
public final class Conv2D extends KernelLayer<Conv2D> {

  private static final String NAME = "Conv2D";
  private static final HeightWidth ONE = new HeightWidth(1, 1);

  private final int filters;
  private final HeightWidth kernelSize;
  private HeightWidth strides = ONE;
  private Padding padding = Padding.VALID;
  private DataFormat format = DataFormat.CHANNELS_LAST;
  private HeightWidth dilation = ONE;
  private int groups = 1;
  private final LastShape<Convolution> convolutions = new LastShape<>(this::convolution);

  private Conv2D(
      int filters, HeightWidth kernelSize, KernelArguments arguments, LayerOptions options) {
    super(arguments, options);
    this.filters = filters;
    this.kernelSize = kernelSize;
    Argument.integer("Conv2D", "filters", 1, filters);
  }

  /**
   * Returns a layer with a square kernel and Keras's defaults: stride 1, padding {@code valid}, no
   * activation, a bias.
   *
   * @param filters the number of channels of the output
   * @param kernelSize height and width of the window
   */
  public static Conv2D of(int filters, int kernelSize) {
    return of(filters, kernelSize, kernelSize);
  }

  /** Returns a layer with a kernel of that height and width, and Keras's defaults. */
  public static Conv2D of(int filters, int height, int width) {
    HeightWidth size = HeightWidth.of(NAME, "kernel_size", height, width);
    return new Conv2D(filters, size, KernelArguments.DEFAULT, LayerOptions.DEFAULT);
  }

  /** Returns this layer with windows that lie so many places apart on both axes. */
  public Conv2D strides(int both) {
    return strides(both, both);
  }

  /** Returns this layer with windows that lie so many places apart. */
  public Conv2D strides(int height, int width) {
    Conv2D copy = with(options());
    copy.strides = HeightWidth.of(NAME, "strides", height, width);
    copy.requireStridesOrDilation();
    return copy;
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public Conv2D padding(String value) {
    return withPadding(Padding.of(NAME, value));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public Conv2D dataFormat(@Nullable String value) {
    Conv2D copy = with(options());
    copy.format = DataFormat.of(NAME, value);
    return copy;
  }

  /** Returns this layer with windows whose places are so far apart, on both axes. */
  public Conv2D dilationRate(int both) {
    return dilationRate(both, both);
  }

  /** Returns this layer with windows whose places are so far apart. */
  public Conv2D dilationRate(int height, int width) {
    Conv2D copy = with(options());
    copy.dilation = HeightWidth.of(NAME, "dilation_rate", height, width);
    copy.requireStridesOrDilation();
    return copy;
  }

  /** Returns this layer with so many groups of channels, a divisor of {@code filters}. */
  public Conv2D groups(int value) {
    return withGroups(NAME, value);
  }

  Conv2D withGroups(String layer, int value) {
    Argument.size(layer, "groups", 1, value);
    Argument.require(
        layer, "groups", value, filters % value == 0, "a divisor of 'filters', " + filters);
    Conv2D copy = with(options());
    copy.groups = value;
    return copy;
  }

  boolean isStrided() {
    return !strides.isOne();
  }

  boolean isDilated() {
    return !dilation.isOne();
  }

  /** Checks a row of a layer of sequences, in its words. */
  void requireWindow(String layer, Shape row) {
    Sequences.requireWindow(layer, row, format, padding, kernelSize.height(), dilation.height());
  }

  DataFormat format() {
    return format;
  }

  Conv2D withPadding(Padding value) {
    Conv2D copy = with(options());
    copy.padding = value;
    return copy;
  }

  private void requireStridesOrDilation() {
    if (!strides.isOne() && !dilation.isOne()) {
      throw new IllegalArgumentException(
          "Conv2D: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=%s, dilation_rate=%s"
              .formatted(strides.toList(), dilation.toList()));
    }
  }

  static Conv2D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    for (String key : List.of("lora_rank", "lora_alpha")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    int groups = reader.int32("groups", 1);
    HeightWidth kernelSize = HeightWidth.read(reader, "kernel_size");
    KernelArguments arguments = KernelArguments.read(reader);
    int filters = reader.size("filters", 1);
    Conv2D layer = new Conv2D(filters, kernelSize, arguments, LayerOptions.read(reader));
    layer.strides = HeightWidth.read(reader, "strides", ONE);
    layer.dilation = HeightWidth.read(reader, "dilation_rate", ONE);
    layer.requireStridesOrDilation();
    layer.padding = Padding.of(NAME, reader.string("padding", "valid"));
    layer.format = DataFormat.read(NAME, reader);
    reader.finish();
    return layer.groups(groups);
  }

  @Override
  protected Conv2D with(LayerOptions newOptions) {
    return with(arguments(), newOptions);
  }

  @Override
  Conv2D with(KernelArguments newArguments) {
    return with(newArguments, options());
  }

  private Conv2D with(KernelArguments newArguments, LayerOptions newOptions) {
    Conv2D copy = new Conv2D(filters, kernelSize, newArguments, newOptions);
    copy.strides = strides;
    copy.padding = padding;
    copy.format = format;
    copy.dilation = dilation;
    copy.groups = groups;
    return copy;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return convolutions.of(input).output();
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    int channels = ImageShape.of(NAME, input, format).channels();
    return arguments()
        .weights(
            Shape.of(kernelSize.height(), kernelSize.width(), channels / groups, filters),
            Shape.of(filters),
            trainable());
  }

  private Convolution convolution(Shape input) {
    ImageShape image = ImageShape.of(NAME, input, format);
    return groups == 1
        ? new Convolution(image, filters, kernelSize, strides, padding, dilation)
        : new GroupedConvolution(image, filters, kernelSize, strides, padding, dilation, groups);
  }

  /*
   * The scratch buffer holds, one after the other: the sums before the activation if that needs
   * them on the way back, and for channels_first the transposed input and
   * output. There the gradients take the places of what they are the gradients of.
   */

  private float[] scratch(Convolution places, LayerCall call) {
    int rows = call.rows();
    int transposed =
        format == DataFormat.CHANNELS_FIRST ? places.inputSize() + places.outputSize() : 0;
    return call.scratch(sumsSize(places, rows) + rows * transposed);
  }

  private int sumsSize(Convolution places, int rows) {
    return arguments().activation().needsInput() ? rows * places.outputSize() : 0;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    Convolution places = convolutions.of(input);
    int rows = call.rows();
    float[] scratch = scratch(places, call);
    float[] sums = arguments().activation().needsInput() ? scratch : call.output();
    if (format == DataFormat.CHANNELS_LAST) {
      places.forward(call.input(), 0, call.weight(0), sums, 0, rows);
      addBias(call, sums, 0, rows * places.outputSize());
    } else {
      int x = sumsSize(places, rows);
      int y = x + rows * places.inputSize();
      places.inputToLast(call.input(), scratch, x, rows);
      places.forward(scratch, x, call.weight(0), scratch, y, rows);
      addBias(call, scratch, y, rows * places.outputSize());
      places.outputToFirst(scratch, y, sums, rows);
    }

    Shape output = places.output();
    arguments()
        .activation()
        .call(sums, call.output(), LastAxis.vectors(output, rows), LastAxis.width(output));
  }

  private void addBias(LayerCall call, float[] sums, int start, int n) {
    if (arguments().useBias()) {
      FloatRanges.addToEach(call.weight(1), sums, start, n);
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    Convolution places = convolutions.of(input);
    int rows = call.rows();
    Shape output = places.output();
    float[] scratch = scratch(places, call);
    float[] sums = arguments().activation().needsInput() ? scratch : call.output();
    float[] gradient = call.outputGradient();
    arguments()
        .activation()
        .backward(
            sums, call.output(), gradient, LastAxis.vectors(output, rows), LastAxis.width(output));
    if (format == DataFormat.CHANNELS_LAST) {
      biasGradient(call, gradient, 0, rows * places.outputSize());
      float[] x = call.input();
      backward(places, call, x, 0, gradient, 0, call.inputGradient(), 0);
      return;
    }

    int x = sumsSize(places, rows);
    int y = x + rows * places.inputSize();
    places.outputToLast(gradient, scratch, y, rows);
    biasGradient(call, scratch, y, rows * places.outputSize());
    float[] ofInput = call.inputGradient();
    backward(places, call, scratch, x, scratch, y, ofInput == null ? null : scratch, x);
    if (ofInput != null) {
      places.inputToFirst(scratch, x, ofInput, rows);
    }
  }

  private void backward(
      Convolution places,
      LayerCall call,
      float[] x,
      int xStart,
      float[] gradient,
      int gradientStart,
      float @Nullable [] ofInput,
      int inputStart) {
    int rows = call.rows();
    float[] ofKernel = call.weightGradient(0);
    if (ofKernel != null) {
      places.weightGradient(x, xStart, gradient, gradientStart, rows, ofKernel);
    }

    if (ofInput != null) {
      places.inputGradient(call.weight(0), gradient, gradientStart, rows, ofInput, inputStart);
    }
  }

  private void biasGradient(LayerCall call, float[] gradient, int start, int n) {
    float[] ofBias = arguments().useBias() ? call.weightGradient(1) : null;
    if (ofBias != null) {
      FloatRanges.sumOfAll(gradient, start, n, ofBias);
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig()
            .put("filters", filters)
            .put("kernel_size", kernelSize.toList())
            .put("strides", strides.toList())
            .put("padding", padding.toString())
            .put("data_format", format.toString())
            .put("dilation_rate", dilation.toList())
            .put("groups", groups);
    arguments().putOfConvolution(config);
    return config.build();
  }
}
