package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The transpose of a convolution of volumes, which makes them larger (Keras 3.15,
 * keras/src/layers/convolutional/conv3d_transpose.py and base_conv_transpose.py): frames are those
 * of a {@link Conv2DTranspose}, with extents along the depth as it has them along the height.
 */
public final class Conv3DTranspose extends KerasLayer<Conv3DTranspose> {

  private static final String NAME = "Conv3DTranspose";
  private static final List<String> SIZES = List.of("kernel_size", "strides", "dilation_rate");

  /** Places for what a pass keeps, behind that of the layer of images. */
  private static final int INPUT = 1;

  private static final int KERNEL = 2;
  private static final int IMAGES = 3;
  private static final int SUMS = 4;
  private static final int OF_IMAGES = 5;
  private static final int OF_KERNEL = 6;
  private static final int OF_INPUT = 7;

  /** The numbers along the depth. */
  private record Depth(int size, int stride, int dilation, @Nullable Integer outputPadding) {}

  private final Conv2DTranspose image;
  private final Depth depth;

  private Conv3DTranspose(Conv2DTranspose image, Depth depth) {
    super(image.options());
    this.image = image;
    this.depth = depth;
    boolean strided = depth.stride > 1 || !image.arguments().strides().isOne();
    boolean dilated = depth.dilation > 1 || !image.arguments().dilation().isOne();
    Config config = getConfig();
    if (strided && dilated) {
      throw new IllegalArgumentException(
          "Conv3DTranspose: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=%s, dilation_rate=%s"
              .formatted(config.get("strides"), config.get("dilation_rate")));
    }

    if (depth.outputPadding != null && depth.outputPadding >= depth.stride) {
      throw Argument.invalid(
          NAME,
          "output_padding",
          String.valueOf(config.get("output_padding")),
          "less than 'strides' along each axis");
    }
  }

  private Conv3DTranspose with(UnaryOperator<Conv2DTranspose> change) {
    return new Conv3DTranspose(change.apply(image), depth);
  }

  /** Returns a layer with a cube as kernel and Keras's defaults. */
  public static Conv3DTranspose of(int filters, int kernelSize) {
    return of(filters, kernelSize, kernelSize, kernelSize);
  }

  /** Returns a layer with a kernel of that depth, height and width, and Keras's defaults. */
  public static Conv3DTranspose of(int filters, int depth, int height, int width) {
    Volumes.sizes(NAME, "kernel_size", 1, depth, height, width);
    Conv2DTranspose image = Conv2DTranspose.of(NAME, filters, height, width);
    return new Conv3DTranspose(image, new Depth(depth, 1, 1, null));
  }

  /** Returns this layer with places of the input that lie so far apart in the output. */
  public Conv3DTranspose strides(int all) {
    return strides(all, all, all);
  }

  /** Returns this layer with places of the input that lie so far apart in the output. */
  public Conv3DTranspose strides(int ofDepth, int height, int width) {
    Volumes.sizes(NAME, "strides", 1, ofDepth, height, width);
    Depth changed = new Depth(depth.size, ofDepth, depth.dilation, depth.outputPadding);
    return new Conv3DTranspose(image.strides(height, width), changed);
  }

  /** Returns this layer with windows whose places are so far apart. */
  public Conv3DTranspose dilationRate(int ofDepth, int height, int width) {
    Volumes.sizes(NAME, "dilation_rate", 1, ofDepth, height, width);
    Depth changed = new Depth(depth.size, depth.stride, ofDepth, depth.outputPadding);
    return new Conv3DTranspose(image.dilationRate(height, width), changed);
  }

  /** Returns this layer with so many places more at the end, at least 0 and less than strides. */
  public Conv3DTranspose outputPadding(int ofDepth, int height, int width) {
    Volumes.sizes(NAME, "output_padding", 0, ofDepth, height, width);
    Depth changed = new Depth(depth.size, depth.stride, depth.dilation, ofDepth);
    return new Conv3DTranspose(image.outputPadding(height, width), changed);
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public Conv3DTranspose padding(String value) {
    return with(flat -> flat.padding(value));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public Conv3DTranspose dataFormat(@Nullable String value) {
    return with(flat -> flat.dataFormat(value));
  }

  /** Returns this layer with an activation: a name, a function, a layer or null. */
  public Conv3DTranspose activation(@Nullable Object identifier) {
    return with(flat -> flat.activation(identifier));
  }

  /** Returns this layer with a bias or without. */
  public Conv3DTranspose useBias(boolean value) {
    return with(flat -> flat.useBias(value));
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public Conv3DTranspose kernelInitializer(Object identifier) {
    return with(flat -> flat.kernelInitializer(identifier));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public Conv3DTranspose kernelRegularizer(@Nullable Object identifier) {
    return with(flat -> flat.kernelRegularizer(identifier));
  }

  static Conv3DTranspose fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    int[] size = Volumes.readOrNull(reader, "kernel_size", 1);
    if (size == null) {
      throw reader.invalid("kernel_size", "one or three integers >= 1");
    }

    int[] strides = Volumes.read(reader, "strides", 1);
    int[] dilation = Volumes.read(reader, "dilation_rate", 1);
    int[] more = Volumes.readOrNull(reader, "output_padding", 0);
    int[][] given = {size, strides, dilation};
    Config flat = config.with("output_padding", more == null ? null : longs(more));
    for (int i = 0; i < given.length; i++) {
      flat = flat.with(SIZES.get(i), longs(given[i]));
    }

    Integer ofDepth = more == null ? null : more[0];
    return new Conv3DTranspose(
        Conv2DTranspose.fromConfig(NAME, flat),
        new Depth(size[0], strides[0], dilation[0], ofDepth));
  }

  private static List<Long> longs(int[] sizes) {
    return List.of((long) sizes[1], (long) sizes[2]);
  }

  @Override
  protected Conv3DTranspose with(LayerOptions newOptions) {
    return new Conv3DTranspose(image.with(newOptions), depth);
  }

  private DataFormat format() {
    return image.arguments().format();
  }

  private boolean isFirst() {
    return format() == DataFormat.CHANNELS_FIRST;
  }

  /** The windows of the convolution of which this is the transpose: those of the input's frames. */
  private FrameWindows windows(Shape input) {
    int frames = Volumes.frames(NAME, input, format());
    int window = (depth.size - 1) * depth.dilation + 1;
    int[] pads =
        Conv2DTranspose.pads(
            image.arguments().padding(), window, depth.stride, depth.outputPadding);
    int outputs = Conv2DTranspose.extent(frames, depth.stride, window, pads);
    return new FrameWindows(
        outputs, frames, depth.size, depth.stride, depth.dilation, window - 1 - pads[0]);
  }

  private Shape toImage(Shape input) {
    return Volumes.image(input, Volumes.channels(input, format()), format());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    int frames = windows(input).frames();
    Shape frame = image.computeOutputShape(toImage(input));
    if (frames < 1) {
      throw new IllegalArgumentException(
          "Conv3DTranspose: rows of shape %s give no frames".formatted(input));
    }

    return Volumes.ofImage(frame, frames, format());
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    windows(input);
    List<WeightSpec> weights = new ArrayList<>(image.weights(toImage(input)));
    WeightSpec kernel = image.sums(depth.size).weights(toImage(input)).get(0);
    weights.set(0, Volumes.ofImage(kernel, depth.size));
    return weights;
  }

  private void moveKernel(Shape input, float[] from, float[] to, boolean back) {
    Shape shape = weights(input).get(0).shape();
    int block = shape.dim(3) * shape.dim(4);
    Volumes.moveDepth(from, to, depth.size, shape.dim(1) * shape.dim(2), block, back);
  }

  private FrameWindows.Layout layout(Shape volume) {
    int channels = Volumes.channels(volume, format());
    int places = volume.size() / channels / Volumes.frames(NAME, volume, format());
    return new FrameWindows.Layout(places, channels, 1, format());
  }

  private float[] sums(LayerCall call, Shape output) {
    boolean kept = image.arguments().activation().needsInput();
    return kept ? call.scratch(SUMS, call.rows() * output.size()) : call.output();
  }

  private InnerCall inner(Shape input, LayerCall call) {
    int images = call.rows() * windows(input).windows();
    int values = images * image.sums(depth.size).computeOutputShape(toImage(input)).size();
    float[] x = isFirst() ? call.scratch(INPUT, call.rows() * input.size()) : call.input();
    return new InnerCall(call, images, 0, 0)
        .values(x, call.scratch(IMAGES, values), null)
        .withWeight(0, call.scratch(KERNEL, call.weight(0).length));
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    InnerCall inner = inner(input, call);
    FrameWindows windows = windows(input);
    if (isFirst()) {
      FrameWindows.single(windows.windows())
          .gather(call.input(), inner.input(), call.rows(), layout(input));
    }

    moveKernel(input, call.weight(0), inner.weight(0), false);
    image.sums(depth.size).forward(toImage(input), inner);
    Shape output = computeOutputShape(input);
    float[] sums = sums(call, output);
    windows.addBack(inner.output(), sums, call.rows(), layout(output));
    if (image.arguments().useBias()) {
      eachChannel(output, call.rows(), (i, channel) -> sums[i] += call.weight(1)[channel]);
    }

    image
        .arguments()
        .activation()
        .call(sums, call.output(), LastAxis.vectors(output, call.rows()), LastAxis.width(output));
  }

  /** What is done with a value of a channel. */
  private interface ValueOfChannel {
    void take(int index, int channel);
  }

  private void eachChannel(Shape output, int rows, ValueOfChannel action) {
    int channels = image.filters();
    int places = isFirst() ? output.size() / channels : 1;
    for (int i = 0; i < rows * output.size(); i++) {
      action.take(i, i / places % channels);
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    InnerCall inner = inner(input, call);
    Shape output = computeOutputShape(input);
    float[] gradient = call.outputGradient();
    int vectors = LastAxis.vectors(output, call.rows());
    image
        .arguments()
        .activation()
        .backward(sums(call, output), call.output(), gradient, vectors, LastAxis.width(output));
    float[] ofBias = image.arguments().useBias() ? call.weightGradient(1) : null;
    if (ofBias != null) {
      Arrays.fill(ofBias, 0.0f);
      eachChannel(output, call.rows(), (i, channel) -> ofBias[channel] += gradient[i]);
    }

    float[] ofImages = call.scratch(OF_IMAGES, inner.output().length);
    windows(input).gather(gradient, ofImages, call.rows(), layout(output));
    float[] ofKernel = call.weightGradient(0);
    float[] ofMoved = ofKernel == null ? null : call.scratch(OF_KERNEL, ofKernel.length);
    float[] ofInput = call.inputGradient();
    boolean moved = ofInput != null && isFirst();
    float[] ofFrames = moved ? call.scratch(OF_INPUT, call.rows() * input.size()) : ofInput;
    inner.gradients(ofImages, ofFrames).withGradient(0, ofMoved);
    image.sums(depth.size).backward(toImage(input), inner);
    if (ofKernel != null && ofMoved != null) {
      moveKernel(input, ofMoved, ofKernel, true);
    }

    if (ofInput != null && ofFrames != null && isFirst()) {
      FrameWindows.single(windows(input).windows())
          .addBack(ofFrames, ofInput, call.rows(), layout(input));
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder ofDepth =
        Config.builder()
            .put("kernel_size", depth.size)
            .put("strides", depth.stride)
            .put("dilation_rate", depth.dilation);
    if (depth.outputPadding != null) {
      ofDepth.put("output_padding", depth.outputPadding);
    }

    return Volumes.ofImage(image.getConfig(), ofDepth.build());
  }
}
