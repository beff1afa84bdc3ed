package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of each channel of an image by itself, as {@link DepthwiseConv2D}, whose outputs a
 * kernel of one pixel then mixes: output = activation(conv(depthwise_conv(input, depthwise_kernel),
 * pointwise_kernel) + bias) (Keras 3.15, keras/src/layers/convolutional/separable_conv2d.py).
 */
public final class SeparableConv2D extends WindowLayer<SeparableConv2D> {

  private static final String NAME = "SeparableConv2D";

  private final int filters;
  private final int multiplier;
  private final WeightOptions depthwise;
  private final WeightOptions pointwise;

  private SeparableConv2D(
      int filters,
      int multiplier,
      WeightOptions depthwise,
      WeightOptions pointwise,
      WindowArguments arguments,
      LayerOptions options) {
    super(arguments, options);
    this.filters = Argument.size(arguments.layer(), "filters", 1, filters);
    this.multiplier = Argument.size(arguments.layer(), "depth_multiplier", 1, multiplier);
    this.depthwise = depthwise;
    this.pointwise = pointwise;
  }

  /**
   * Returns a layer with a square kernel and Keras's defaults.
   *
   * @param filters the number of channels of the output
   * @param kernelSize height and width of the window
   */
  public static SeparableConv2D of(int filters, int kernelSize) {
    return of(filters, kernelSize, kernelSize);
  }

  /** Returns a layer with a kernel of that height and width, and Keras's defaults. */
  public static SeparableConv2D of(int filters, int height, int width) {
    return of(NAME, filters, height, width);
  }

  static SeparableConv2D of(String name, int filters, int height, int width) {
    WeightOptions kernel = WeightOptions.of("glorot_uniform");
    return new SeparableConv2D(
        filters, 1, kernel, kernel, WindowArguments.of(name, height, width), LayerOptions.DEFAULT);
  }

  /** Returns this layer with so many values a channel in the middle, at least 1. */
  public SeparableConv2D depthMultiplier(int value) {
    return new SeparableConv2D(filters, value, depthwise, pointwise, arguments(), options());
  }

  private SeparableConv2D with(WeightOptions first, WeightOptions second) {
    return new SeparableConv2D(filters, multiplier, first, second, arguments(), options());
  }

  /** Returns this layer with the start values of the channels' kernels. */
  public SeparableConv2D depthwiseInitializer(Object identifier) {
    return with(depthwise.withInitializer(identifier), pointwise);
  }

  /** Returns this layer with a penalty on the channels' kernels, or null. */
  public SeparableConv2D depthwiseRegularizer(@Nullable Object identifier) {
    return with(depthwise.withRegularizer(identifier), pointwise);
  }

  /** Returns this layer with a constraint on the channels' kernels, or null. */
  public SeparableConv2D depthwiseConstraint(@Nullable Object identifier) {
    return with(depthwise.withConstraint(identifier), pointwise);
  }

  /** Returns this layer with the start values of the mixing kernel. */
  public SeparableConv2D pointwiseInitializer(Object identifier) {
    return with(depthwise, pointwise.withInitializer(identifier));
  }

  /** Returns this layer with a penalty on the mixing kernel, or null. */
  public SeparableConv2D pointwiseRegularizer(@Nullable Object identifier) {
    return with(depthwise, pointwise.withRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the mixing kernel, or null. */
  public SeparableConv2D pointwiseConstraint(@Nullable Object identifier) {
    return with(depthwise, pointwise.withConstraint(identifier));
  }

  static SeparableConv2D fromConfig(Config config) {
    return fromConfig(NAME, config);
  }

  /** Reads the arguments of a layer that is called so. */
  static SeparableConv2D fromConfig(String name, Config config) {
    ConfigReader reader = config.reader(name);
    WeightOptions absent = WeightOptions.of("glorot_uniform");
    SeparableConv2D layer =
        new SeparableConv2D(
            reader.size("filters", 1),
            reader.int32("depth_multiplier", 1),
            WeightOptions.read(reader, "depthwise", absent),
            WeightOptions.read(reader, "pointwise", absent),
            WindowArguments.read(name, reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected SeparableConv2D with(LayerOptions newOptions) {
    return new SeparableConv2D(filters, multiplier, depthwise, pointwise, arguments(), newOptions);
  }

  @Override
  SeparableConv2D with(WindowArguments newArguments) {
    return new SeparableConv2D(filters, multiplier, depthwise, pointwise, newArguments, options());
  }

  @Override
  ImageShape output(ImageShape input) {
    int height = arguments().outputHeight(input);
    return new ImageShape(height, arguments().outputWidth(input), filters, input.format());
  }

  @Override
  Map<String, WeightOptions> kernels() {
    Map<String, WeightOptions> kernels = new LinkedHashMap<>();
    kernels.put("depthwise_kernel", depthwise);
    kernels.put("pointwise_kernel", pointwise);
    return kernels;
  }

  @Override
  String argument(String weight) {
    return weight.replace("_kernel", "");
  }

  @Override
  List<Shape> kernelShapes(ImageShape input) {
    HeightWidth size = arguments().kernelSize();
    int middle = Math.multiplyExact(input.channels(), multiplier);
    return List.of(
        Shape.of(size.height(), size.width(), input.channels(), multiplier),
        Shape.of(1, 1, middle, filters));
  }

  private DepthwiseProducts middle(Pass p) {
    return new DepthwiseProducts(
        arguments(), p.input(), p.output().height(), p.output().width(), multiplier);
  }

  /** The channels' values in the middle, and their gradients. */
  @Override
  int workSize(ImageShape input, ImageShape output) {
    return 2 * output.height() * output.width() * input.channels() * multiplier;
  }

  private static int places(Pass p) {
    return p.rows() * p.output().height() * p.output().width();
  }

  @Override
  void products(Pass p) {
    DepthwiseProducts middle = middle(p);
    LayerCall call = p.call();
    middle.forward(p.x(), p.xStart(), call.weight(0), p.work(), p.workStart(), p.rows());
    int channels = middle.outputChannels();
    MatMul.multiplyPart(
        p.work(), p.workStart(), call.weight(1), p.y(), p.yStart(), places(p), channels, filters);
  }

  @Override
  void gradients(Pass p, float @Nullable [] ofInput, int inputStart) {
    DepthwiseProducts middle = middle(p);
    LayerCall call = p.call();
    int channels = middle.outputChannels();
    float[] ofPointwise = call.weightGradient(1);
    if (ofPointwise != null) {
      Arrays.fill(ofPointwise, 0.0f);
      MatMul.addTransposedTimesPart(
          p.work(), p.workStart(), p.y(), p.yStart(), ofPointwise, 0, places(p), channels, filters);
    }

    int of = p.workStart() + places(p) * channels;
    MatMul.timesTransposedPart(
        p.y(), p.yStart(), call.weight(1), p.work(), of, places(p), filters, channels);
    float[] ofDepthwise = call.weightGradient(0);
    if (ofDepthwise != null) {
      middle.weightGradient(p.x(), p.xStart(), p.work(), of, ofDepthwise, p.rows());
    }

    middle.inputGradient(call.weight(0), p.work(), of, ofInput, inputStart, p.rows());
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig().put("depth_multiplier", multiplier).put("filters", filters);
    return putWeights(arguments().putWindows(config)).build();
  }
}
