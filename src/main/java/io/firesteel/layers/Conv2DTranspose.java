package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The transpose of a convolution, which makes images larger: each pixel of the input is multiplied
 * by the kernel and added to a window of the output (Keras 3.15,
 * keras/src/layers/convolutional/conv2d_transpose.py and base_conv_transpose.py). Along an axis the
 * output has (input - 1) stride + max(window, stride) places with the padding {@code valid}, input
 * stride ones with {@code same}, unless {@code output_padding} says otherwise.
 */
public final class Conv2DTranspose extends WindowLayer<Conv2DTranspose> {

  private static final String NAME = "Conv2DTranspose";

  private final int filters;
  private final @Nullable HeightWidth outputPadding;
  private final WeightOptions kernel;

  private Conv2DTranspose(
      int filters,
      @Nullable HeightWidth outputPadding,
      WeightOptions kernel,
      WindowArguments arguments,
      LayerOptions options) {
    super(arguments, options);
    this.filters = Argument.size(arguments.layer(), "filters", 1, filters);
    this.outputPadding = outputPadding;
    this.kernel = kernel;
    if (outputPadding != null
        && (outputPadding.height() >= arguments.strides().height()
            || outputPadding.width() >= arguments.strides().width())) {
      throw Argument.invalid(
          arguments.layer(),
          "output_padding",
          outputPadding.toList(),
          "less than 'strides' along each axis");
    }
  }

  /**
   * Returns a layer with a square kernel and Keras's defaults.
   *
   * @param filters the number of channels of the output
   * @param kernelSize height and width of the window
   */
  public static Conv2DTranspose of(int filters, int kernelSize) {
    return of(filters, kernelSize, kernelSize);
  }

  /** Returns a layer with a kernel of that height and width, and Keras's defaults. */
  public static Conv2DTranspose of(int filters, int height, int width) {
    return of(NAME, filters, height, width);
  }

  static Conv2DTranspose of(String name, int filters, int height, int width) {
    return new Conv2DTranspose(
        filters,
        null,
        WeightOptions.of("glorot_uniform"),
        WindowArguments.of(name, height, width),
        LayerOptions.DEFAULT);
  }

  /** Returns this layer with so many places more at the end, at least 0 and less than strides. */
  public Conv2DTranspose outputPadding(int height, int width) {
    boolean ok = height >= 0 && width >= 0;
    Argument.require(
        arguments().layer(), "output_padding", List.of(height, width), ok, "integers >= 0");
    return new Conv2DTranspose(
        filters, new HeightWidth(height, width), kernel, arguments(), options());
  }

  private Conv2DTranspose with(WeightOptions newKernel) {
    return new Conv2DTranspose(filters, outputPadding, newKernel, arguments(), options());
  }

  /** Returns the sums of this layer alone, for so many times its filters. */
  Conv2DTranspose sums(int times) {
    WindowArguments plain =
        arguments().withOutput(LayerActivation.get(null), false, arguments().bias());
    return new Conv2DTranspose(
        Math.multiplyExact(times, filters), outputPadding, kernel, plain, options());
  }

  int filters() {
    return filters;
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public Conv2DTranspose kernelInitializer(Object identifier) {
    return with(kernel.withInitializer(identifier));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public Conv2DTranspose kernelRegularizer(@Nullable Object identifier) {
    return with(kernel.withRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the kernel, by name, instance or config, or null. */
  public Conv2DTranspose kernelConstraint(@Nullable Object identifier) {
    return with(kernel.withConstraint(identifier));
  }

  static Conv2DTranspose fromConfig(Config config) {
    return fromConfig(NAME, config);
  }

  /** Reads the arguments of a layer that is called so. */
  static Conv2DTranspose fromConfig(String name, Config config) {
    ConfigReader reader = config.reader(name);
    Conv2DTranspose layer =
        new Conv2DTranspose(
            reader.size("filters", 1),
            readOutputPadding(reader),
            WeightOptions.read(reader, "kernel", WeightOptions.of("glorot_uniform")),
            WindowArguments.read(name, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static @Nullable HeightWidth readOutputPadding(ConfigReader reader) {
    Object given = reader.any("output_padding");
    Object height = given instanceof List<?> list && list.size() == 2 ? list.get(0) : given;
    Object width = given instanceof List<?> list && list.size() == 2 ? list.get(1) : given;
    if (given == null) {
      return null;
    }

    if (height instanceof Long first && width instanceof Long second) {
      if (Math.min(first, second) >= 0 && Math.max(first, second) <= Integer.MAX_VALUE) {
        return new HeightWidth(first.intValue(), second.intValue());
      }
    }

    throw reader.invalid("output_padding", "null, or one or two integers >= 0");
  }

  @Override
  protected Conv2DTranspose with(LayerOptions newOptions) {
    return new Conv2DTranspose(filters, outputPadding, kernel, arguments(), newOptions);
  }

  @Override
  Conv2DTranspose with(WindowArguments newArguments) {
    return new Conv2DTranspose(filters, outputPadding, kernel, newArguments, options());
  }

  /**
   * Returns how many places the input would be padded by if it were stretched by the stride and
   * convolved with the turned kernel: before it and behind it.
   */
  static int[] pads(Padding padding, int window, int stride, @Nullable Integer more) {
    if (padding == Padding.VALID) {
      int extra = more == null ? Math.max(window, stride) - window : more;
      return new int[] {window - 1, window - 1 + extra};
    }

    int sum = more == null ? stride + window - 2 : window + window % 2 - 2 + more;
    int before = Math.min(sum / 2 + sum % 2, window - 1);
    return new int[] {before, sum - before};
  }

  private int[] pads(boolean ofHeight) {
    HeightWidth size = arguments().kernelSize();
    HeightWidth dilation = arguments().dilation();
    HeightWidth strides = arguments().strides();
    return ofHeight
        ? pads(
            arguments().padding(),
            (size.height() - 1) * dilation.height() + 1,
            strides.height(),
            outputPadding == null ? null : outputPadding.height())
        : pads(
            arguments().padding(),
            (size.width() - 1) * dilation.width() + 1,
            strides.width(),
            outputPadding == null ? null : outputPadding.width());
  }

  static int extent(int input, int stride, int window, int[] pads) {
    return (input - 1) * stride + pads[0] + pads[1] + 2 - window;
  }

  @Override
  ImageShape output(ImageShape input) {
    HeightWidth size = arguments().kernelSize();
    HeightWidth dilation = arguments().dilation();
    HeightWidth strides = arguments().strides();
    int height = (size.height() - 1) * dilation.height() + 1;
    int width = (size.width() - 1) * dilation.width() + 1;
    return new ImageShape(
        extent(input.height(), strides.height(), height, pads(true)),
        extent(input.width(), strides.width(), width, pads(false)),
        filters,
        input.format());
  }

  @Override
  Map<String, WeightOptions> kernels() {
    return Map.of("kernel", kernel);
  }

  @Override
  List<Shape> kernelShapes(ImageShape input) {
    HeightWidth size = arguments().kernelSize();
    return List.of(Shape.of(size.height(), size.width(), filters, input.channels()));
  }

  /** The convolution of which this is the transpose: from the output to the input. */
  private Convolution convolution(Pass p) {
    HeightWidth size = arguments().kernelSize();
    HeightWidth dilation = arguments().dilation();
    return new Convolution(
        p.output(),
        p.input().channels(),
        size,
        arguments().strides(),
        dilation,
        new Convolution.Windows(
            p.input().height(),
            p.input().width(),
            (size.height() - 1) * dilation.height() - pads(true)[0],
            (size.width() - 1) * dilation.width() - pads(false)[0]));
  }

  @Override
  void products(Pass p) {
    convolution(p)
        .inputGradient(p.call().weight(0), p.x(), p.xStart(), p.rows(), p.y(), p.yStart());
  }

  @Override
  void gradients(Pass p, float @Nullable [] ofInput, int inputStart) {
    Convolution convolution = convolution(p);
    float[] ofKernel = p.call().weightGradient(0);
    if (ofKernel != null) {
      convolution.weightGradient(p.y(), p.yStart(), p.x(), p.xStart(), p.rows(), ofKernel);
    }

    if (ofInput != null) {
      convolution.forward(p.y(), p.yStart(), p.call().weight(0), ofInput, inputStart, p.rows());
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config = arguments().putSizes(baseConfig().put("filters", filters));
    config.put("output_padding", outputPadding == null ? null : outputPadding.toList());
    return putWeights(arguments().putFormat(config)).build();
  }
}
