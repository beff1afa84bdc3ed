package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of each channel of an image by itself, with {@code depth_multiplier} outputs a
 * channel: output = activation(depthwise_conv(input, kernel) + bias) (Keras 3.15,
 * keras/src/layers/convolutional/depthwise_conv2d.py).
 */
public final class DepthwiseConv2D extends WindowLayer<DepthwiseConv2D> {

  private static final String NAME = "DepthwiseConv2D";

  private final int multiplier;
  private final WeightOptions kernel;

  private DepthwiseConv2D(
      int multiplier, WeightOptions kernel, WindowArguments arguments, LayerOptions options) {
    super(arguments, options);
    this.multiplier = Argument.size(arguments.layer(), "depth_multiplier", 1, multiplier);
    this.kernel = kernel;
  }

  /** Returns a layer with a square kernel and Keras's defaults: one output a channel, stride 1. */
  public static DepthwiseConv2D of(int kernelSize) {
    return of(kernelSize, kernelSize);
  }

  /** Returns a layer with a kernel of that height and width, and Keras's defaults. */
  public static DepthwiseConv2D of(int height, int width) {
    return of(NAME, height, width);
  }

  static DepthwiseConv2D of(String name, int height, int width) {
    return new DepthwiseConv2D(
        1,
        WeightOptions.of("glorot_uniform"),
        WindowArguments.of(name, height, width),
        LayerOptions.DEFAULT);
  }

  /** Returns this layer with so many outputs a channel, at least 1. */
  public DepthwiseConv2D depthMultiplier(int value) {
    return new DepthwiseConv2D(value, kernel, arguments(), options());
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public DepthwiseConv2D depthwiseInitializer(Object identifier) {
    return withKernel(kernel.withInitializer(identifier));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public DepthwiseConv2D depthwiseRegularizer(@Nullable Object identifier) {
    return withKernel(kernel.withRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the kernel, by name, instance or config, or null. */
  public DepthwiseConv2D depthwiseConstraint(@Nullable Object identifier) {
    return withKernel(kernel.withConstraint(identifier));
  }

  private DepthwiseConv2D withKernel(WeightOptions newKernel) {
    return new DepthwiseConv2D(multiplier, newKernel, arguments(), options());
  }

  static DepthwiseConv2D fromConfig(Config config) {
    return fromConfig(NAME, config);
  }

  /** Reads the arguments of a layer that is called so. */
  static DepthwiseConv2D fromConfig(String name, Config config) {
    ConfigReader reader = config.reader(name);
    DepthwiseConv2D layer =
        new DepthwiseConv2D(
            reader.int32("depth_multiplier", 1),
            WeightOptions.read(reader, "depthwise", WeightOptions.of("glorot_uniform")),
            WindowArguments.read(name, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected DepthwiseConv2D with(LayerOptions newOptions) {
    return new DepthwiseConv2D(multiplier, kernel, arguments(), newOptions);
  }

  @Override
  DepthwiseConv2D with(WindowArguments newArguments) {
    return new DepthwiseConv2D(multiplier, kernel, newArguments, options());
  }

  private DepthwiseProducts products(ImageShape input, ImageShape output) {
    return new DepthwiseProducts(arguments(), input, output.height(), output.width(), multiplier);
  }

  @Override
  ImageShape output(ImageShape input) {
    return new ImageShape(
        arguments().outputHeight(input),
        arguments().outputWidth(input),
        Math.multiplyExact(input.channels(), multiplier),
        input.format());
  }

  @Override
  Map<String, WeightOptions> kernels() {
    return Map.of("kernel", kernel);
  }

  @Override
  String argument(String weight) {
    return weight.equals("kernel") ? "depthwise" : weight;
  }

  @Override
  List<Shape> kernelShapes(ImageShape input) {
    HeightWidth size = arguments().kernelSize();
    return List.of(Shape.of(size.height(), size.width(), input.channels(), multiplier));
  }

  @Override
  void products(Pass p) {
    products(p.input(), p.output())
        .forward(p.x(), p.xStart(), p.call().weight(0), p.y(), p.yStart(), p.rows());
  }

  @Override
  void gradients(Pass p, float @Nullable [] ofInput, int inputStart) {
    DepthwiseProducts products = products(p.input(), p.output());
    float[] ofKernel = p.call().weightGradient(0);
    if (ofKernel != null) {
      products.weightGradient(p.x(), p.xStart(), p.y(), p.yStart(), ofKernel, p.rows());
    }

    products.inputGradient(p.call().weight(0), p.y(), p.yStart(), ofInput, inputStart, p.rows());
  }

  @Override
  public Config getConfig() {
    Config.Builder config = baseConfig().put("depth_multiplier", multiplier);
    return putWeights(arguments().putWindows(config)).build();
  }
}
