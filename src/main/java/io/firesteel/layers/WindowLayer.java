package io.firesteel.layers;

import io.firesteel.activations.ActivationFunction;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A layer of images with windows, kernels, a bias and an activation. With {@code channels_first}
 * each batch is transposed on its way in and out.
 *
 * @param <L> the layer's own class
 */
abstract class WindowLayer<L extends WindowLayer<L>> extends KerasLayer<L> {

  private final WindowArguments arguments;

  WindowLayer(WindowArguments arguments, LayerOptions options) {
    super(options);
    this.arguments = arguments.check();
  }

  abstract L with(WindowArguments newArguments);

  /** Returns the size of the output's images. */
  abstract ImageShape output(ImageShape input);

  /** Returns the kernels, each with its name. */
  abstract Map<String, WeightOptions> kernels();

  /** Returns the shapes of the kernels, in order. */
  abstract List<Shape> kernelShapes(ImageShape input);

  /** Returns how many floats a row's products need on the way forth and back. */
  int workSize(ImageShape input, ImageShape output) {
    return 0;
  }

  /** What a pass works on, channels last. */
  record Pass(
      LayerCall call,
      ImageShape input,
      ImageShape output,
      float[] x,
      int xStart,
      float[] y,
      int yStart,
      float[] work,
      int workStart) {
    int rows() {
      return call.rows();
    }
  }

  /** Fills the output's sums, {@code y}, without bias. */
  abstract void products(Pass pass);

  /**
   * Fills the gradients of the kernels, and that of the input, from those of the output's sums,
   * which {@code y} holds.
   *
   * @param ofInput null if nobody needs it; it may be {@code x}
   */
  abstract void gradients(Pass pass, float @Nullable [] ofInput, int inputStart);

  final WindowArguments arguments() {
    return arguments;
  }

  /** Returns this layer with windows that lie so many places apart on both axes. */
  public final L strides(int both) {
    return strides(both, both);
  }

  /** Returns this layer with windows that lie so many places apart. */
  public final L strides(int height, int width) {
    HeightWidth strides = HeightWidth.of(arguments.layer(), "strides", height, width);
    return with(arguments.withWindows(strides, arguments.dilation()));
  }

  /** Returns this layer with windows whose places are so far apart, on both axes. */
  public final L dilationRate(int both) {
    return dilationRate(both, both);
  }

  /** Returns this layer with windows whose places are so far apart. */
  public final L dilationRate(int height, int width) {
    HeightWidth dilation = HeightWidth.of(arguments.layer(), "dilation_rate", height, width);
    return with(arguments.withWindows(arguments.strides(), dilation));
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public final L padding(String value) {
    Padding padding = Padding.of(arguments.layer(), value);
    return with(arguments.withEdges(padding, arguments.format()));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    DataFormat format = DataFormat.of(arguments.layer(), value);
    return with(arguments.withEdges(arguments.padding(), format));
  }

  /** Returns this layer with an activation: a name, a function, a layer or null. */
  public final L activation(@Nullable Object identifier) {
    ActivationFunction function = LayerActivation.get(identifier);
    return with(arguments.withOutput(function, arguments.useBias(), arguments.bias()));
  }

  /** Returns this layer with a bias or without. */
  public final L useBias(boolean value) {
    return with(arguments.withOutput(arguments.activation(), value, arguments.bias()));
  }

  /** Returns this layer with the start values of the bias, by name, instance or config. */
  public final L biasInitializer(Object identifier) {
    return withBias(arguments.bias().withInitializer(identifier));
  }

  /** Returns this layer with a penalty on the bias, by name, instance or config, or null. */
  public final L biasRegularizer(@Nullable Object identifier) {
    return withBias(arguments.bias().withRegularizer(identifier));
  }

  /** Returns this layer with a constraint on the bias, by name, instance or config, or null. */
  public final L biasConstraint(@Nullable Object identifier) {
    return withBias(arguments.bias().withConstraint(identifier));
  }

  private L withBias(WeightOptions bias) {
    return with(arguments.withOutput(arguments.activation(), arguments.useBias(), bias));
  }

  private ImageShape image(Shape input) {
    return ImageShape.of(arguments.layer(), input, arguments.format());
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    ImageShape output = output(image(input));
    if (output.height() < 1 || output.width() < 1) {
      throw new IllegalArgumentException(
          "%s: rows of shape %s are smaller than a window of kernel_size=%s, dilation_rate=%s"
              .formatted(
                  arguments.layer(),
                  input,
                  arguments.kernelSize().toList(),
                  arguments.dilation().toList()));
    }

    return output.toShape();
  }

  @Override
  public final List<WeightSpec> weights(Shape input) {
    ImageShape image = image(input);
    List<WeightSpec> weights = new ArrayList<>();
    List<Shape> shapes = kernelShapes(image);
    kernels()
        .forEach(
            (name, options) ->
                weights.add(options.spec(name, shapes.get(weights.size()), trainable())));
    if (arguments.useBias()) {
      Shape shape = Shape.of(output(image).channels());
      weights.add(arguments.bias().spec("bias", shape, trainable()));
    }

    return weights;
  }

  /*
   * The scratch buffer holds, one after the other: the sums before the activation if that needs
   * them on the way back; for channels_first the transposed input and output; what a subclass
   * needs. On the way back the gradients of the transposed take their places.
   */

  private boolean isFirst() {
    return arguments.format() == DataFormat.CHANNELS_FIRST;
  }

  private Pass pass(Shape row, LayerCall call, float[] sums) {
    ImageShape input = image(row);
    ImageShape output = output(input);
    int rows = call.rows();
    int in = rows * row.size();
    int out = rows * output.toShape().size();
    int x = arguments.activation().needsInput() ? out : 0;
    int work = x + (isFirst() ? in + out : 0);
    float[] scratch = call.scratch(work + rows * workSize(input, output));
    return isFirst()
        ? new Pass(call, input, output, scratch, x, scratch, x + in, scratch, work)
        : new Pass(call, input, output, call.input(), 0, sums, 0, scratch, work);
  }

  private float[] sums(Shape row, LayerCall call) {
    boolean kept = arguments.activation().needsInput();
    int size = call.rows() * output(image(row)).toShape().size();
    return kept ? call.scratch(size) : call.output();
  }

  /* The scratch is asked for at its full length first, as it may be another array then. */
  private void reserve(Shape row, LayerCall call) {
    pass(row, call, call.output());
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    reserve(input, call);
    float[] sums = sums(input, call);
    Pass pass = pass(input, call, sums);
    int rows = call.rows();
    ImageShape in = pass.input();
    ImageShape out = pass.output();
    if (isFirst()) {
      int places = in.height() * in.width();
      FloatRanges.transpose(call.input(), 0, pass.x(), pass.xStart(), rows, in.channels(), places);
    }

    products(pass);
    int n = rows * out.toShape().size();
    if (arguments.useBias()) {
      FloatRanges.addToEach(call.weight(kernels().size()), pass.y(), pass.yStart(), n);
    }

    if (isFirst()) {
      int places = out.height() * out.width();
      FloatRanges.transpose(pass.y(), pass.yStart(), sums, 0, rows, places, out.channels());
    }

    Shape shape = out.toShape();
    arguments
        .activation()
        .call(sums, call.output(), LastAxis.vectors(shape, rows), LastAxis.width(shape));
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    reserve(input, call);
    float[] gradient = call.outputGradient();
    Pass pass = pass(input, call, gradient);
    int rows = call.rows();
    ImageShape in = pass.input();
    ImageShape out = pass.output();
    Shape shape = out.toShape();
    arguments
        .activation()
        .backward(
            sums(input, call),
            call.output(),
            gradient,
            LastAxis.vectors(shape, rows),
            LastAxis.width(shape));
    if (isFirst()) {
      int places = out.height() * out.width();
      FloatRanges.transpose(gradient, 0, pass.y(), pass.yStart(), rows, out.channels(), places);
    }

    float[] ofBias = arguments.useBias() ? call.weightGradient(kernels().size()) : null;
    if (ofBias != null) {
      FloatRanges.sumOfAll(pass.y(), pass.yStart(), rows * shape.size(), ofBias);
    }

    float[] ofInput = call.inputGradient();
    if (ofInput == null || !isFirst()) {
      gradients(pass, ofInput, 0);
    } else {
      gradients(pass, pass.x(), pass.xStart());
      int places = in.height() * in.width();
      FloatRanges.transpose(pass.x(), pass.xStart(), ofInput, 0, rows, places, in.channels());
    }
  }

  /** Writes the arguments of the weights, kernels first, in Keras's order. */
  final Config.Builder putWeights(Config.Builder config) {
    Map<String, WeightOptions> all = new LinkedHashMap<>(kernels());
    all.put("bias", arguments.bias());
    all.forEach((name, options) -> options.putInitializer(config, argument(name)));
    all.forEach((name, options) -> options.putRegularizer(config, argument(name)));
    config.putIfAbsent("activity_regularizer", null);
    all.forEach((name, options) -> options.putConstraint(config, argument(name)));
    return config;
  }

  /** Returns what the arguments of a weight's are called, apart from their ends. */
  String argument(String weight) {
    return weight;
  }
}
