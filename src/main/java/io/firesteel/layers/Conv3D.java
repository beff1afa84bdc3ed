package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of volumes: output = activation(conv(input, kernel) + bias), over windows of depth,
 * height and width (Keras 3.15, keras/src/layers/convolutional/conv3d.py and base_conv.py). It is
 * computed as a {@link Conv2D} of images whose channels are those of the frames of a window.
 *
 * <p>Differs from Keras: no LoRA; an initializer is not null.
 */
public final class Conv3D extends KernelLayer<Conv3D> {

  private static final String NAME = "Conv3D";

  /** Places for what a pass keeps, behind that of the convolution of images. */
  private static final int IMAGES = 1;

  private static final int KERNEL = 2;
  private static final int OUTPUT = 3;
  private static final int OF_OUTPUT = 4;
  private static final int OF_KERNEL = 5;
  private static final int OF_IMAGES = 6;

  /** The numbers along the depth. */
  private record Depth(int size, int stride, int dilation) {}

  private final Conv2D image;
  private final Depth depth;
  private final int groups;
  private final Padding padding;

  private Conv3D(Conv2D image, Depth depth, int groups, Padding padding) {
    super(image.arguments(), image.options());
    this.image = image;
    this.depth = depth;
    this.groups = groups;
    this.padding = padding;
    boolean strided = depth.stride > 1 || image.isStrided();
    boolean dilated = depth.dilation > 1 || image.isDilated();
    if (strided && dilated) {
      Config given = getConfig();
      throw new IllegalArgumentException(
          "Conv3D: only one of 'strides' and 'dilation_rate' can be above 1. Received: strides=%s, dilation_rate=%s"
              .formatted(given.get("strides"), given.get("dilation_rate")));
    }
  }

  private Conv3D with(Conv2D newImage) {
    return new Conv3D(newImage, depth, groups, padding);
  }

  /**
   * Returns a layer with a cube as kernel and Keras's defaults: stride 1, padding {@code valid}, no
   * activation, a bias.
   *
   * @param filters the number of channels of the output
   * @param kernelSize depth, height and width of the window
   */
  public static Conv3D of(int filters, int kernelSize) {
    return of(filters, kernelSize, kernelSize, kernelSize);
  }

  /** Returns a layer with a kernel of that depth, height and width, and Keras's defaults. */
  public static Conv3D of(int filters, int depth, int height, int width) {
    Argument.size(NAME, "filters", 1, filters);
    int[] sizes = Volumes.sizes(NAME, "kernel_size", 1, depth, height, width);
    return new Conv3D(
        Conv2D.of(filters, sizes[1], sizes[2]), new Depth(sizes[0], 1, 1), 1, Padding.VALID);
  }

  /** Returns this layer with windows that lie so many places apart on all axes. */
  public Conv3D strides(int all) {
    return strides(all, all, all);
  }

  /** Returns this layer with windows that lie so many places apart. */
  public Conv3D strides(int ofDepth, int height, int width) {
    Volumes.sizes(NAME, "strides", 1, ofDepth, height, width);
    Depth changed = new Depth(depth.size, ofDepth, depth.dilation);
    return new Conv3D(image.strides(height, width), changed, groups, padding);
  }

  /** Returns this layer with windows whose places are so far apart, on all axes. */
  public Conv3D dilationRate(int all) {
    return dilationRate(all, all, all);
  }

  /** Returns this layer with windows whose places are so far apart. */
  public Conv3D dilationRate(int ofDepth, int height, int width) {
    Volumes.sizes(NAME, "dilation_rate", 1, ofDepth, height, width);
    Depth changed = new Depth(depth.size, depth.stride, ofDepth);
    return new Conv3D(image.dilationRate(height, width), changed, groups, padding);
  }

  /** Returns this layer with the padding {@code valid} or {@code same}. */
  public Conv3D padding(String value) {
    Padding changed = Padding.of(NAME, value);
    return new Conv3D(image.withPadding(changed), depth, groups, changed);
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public Conv3D dataFormat(@Nullable String value) {
    return with(image.dataFormat(value));
  }

  /** Returns this layer with so many groups of channels, a divisor of {@code filters}. */
  public Conv3D groups(int value) {
    return new Conv3D(image.withGroups(NAME, value), depth, value, padding);
  }

  static Conv3D fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    for (String key : List.of("lora_rank", "lora_alpha")) {
      if (reader.any(key) != null) {
        throw reader.invalid(key, "null, as others are not supported");
      }
    }

    int[] size = Volumes.readOrNull(reader, "kernel_size", 1);
    if (size == null) {
      throw reader.invalid("kernel_size", "one or three integers >= 1");
    }

    int[] strides = Volumes.read(reader, "strides", 1);
    int[] dilation = Volumes.read(reader, "dilation_rate", 1);
    Conv3D layer =
        of(reader.size("filters", 1), size[0], size[1], size[2])
            .with(KernelArguments.read(reader))
            .with(LayerOptions.read(reader))
            .strides(strides[0], strides[1], strides[2])
            .dilationRate(dilation[0], dilation[1], dilation[2])
            .padding(reader.string("padding", "valid"))
            .dataFormat(reader.nullableString("data_format"))
            .groups(reader.int32("groups", 1));
    reader.finish();
    return layer;
  }

  @Override
  protected Conv3D with(LayerOptions newOptions) {
    return with(image.with(newOptions));
  }

  @Override
  Conv3D with(KernelArguments newArguments) {
    return with(image.with(newArguments));
  }

  private FrameWindows windows(Shape input) {
    int frames = Volumes.frames(NAME, input, image.format());
    int windows = padding.outputs(frames, depth.size, depth.stride, depth.dilation);
    int before = padding.before(frames, depth.size, depth.stride, depth.dilation);
    return new FrameWindows(frames, windows, depth.size, depth.stride, depth.dilation, before);
  }

  private Shape toImage(Shape input) {
    int channels = Volumes.channels(input, image.format()) * depth.size;
    return Volumes.image(input, channels, image.format());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    int windows = windows(input).windows();
    if (windows < 1) {
      throw new IllegalArgumentException(
          "Conv3D: rows of shape %s are smaller than a window of kernel_size=%s"
              .formatted(input, getConfig().get("kernel_size")));
    }

    return Volumes.ofImage(image.computeOutputShape(toImage(input)), windows, image.format());
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    windows(input);
    List<WeightSpec> weights = new ArrayList<>(image.weights(toImage(input)));
    weights.set(0, Volumes.ofImage(weights.get(0), depth.size));
    return weights;
  }

  private FrameWindows.Layout layout(Shape input) {
    int channels = Volumes.channels(input, image.format());
    int places = input.size() / channels / Volumes.frames(NAME, input, image.format());
    return new FrameWindows.Layout(places, channels, groups, image.format());
  }

  private void moveKernel(Shape input, float[] from, float[] to, boolean back) {
    Shape shape = weights(input).get(0).shape();
    int block = shape.dim(3) * shape.dim(4);
    Volumes.moveDepth(from, to, depth.size, shape.dim(1) * shape.dim(2), block, back);
  }

  private boolean isFirst() {
    return image.format() == DataFormat.CHANNELS_FIRST;
  }

  /** Returns the call of the convolution of images, with what the way forth has left. */
  private InnerCall inner(Shape input, LayerCall call) {
    int images = call.rows() * windows(input).windows();
    float[] gathered = call.scratch(IMAGES, images * toImage(input).size());
    int outputs = call.rows() * computeOutputShape(input).size();
    float[] output = isFirst() ? call.scratch(OUTPUT, outputs) : call.output();
    float[] kernel = call.scratch(KERNEL, call.weight(0).length);
    return new InnerCall(call, images, 0, 0).values(gathered, output, null).withWeight(0, kernel);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    InnerCall inner = inner(input, call);
    moveKernel(input, call.weight(0), inner.weight(0), false);
    windows(input).gather(call.input(), inner.input(), call.rows(), layout(input));
    image.forward(toImage(input), inner);
    if (isFirst()) {
      Shape output = computeOutputShape(input);
      FrameWindows.single(output.dim(1))
          .addBack(inner.output(), call.output(), call.rows(), outputLayout(output));
    }
  }

  private FrameWindows.Layout outputLayout(Shape output) {
    int places = output.dim(2) * output.dim(3);
    return new FrameWindows.Layout(places, output.dim(0), 1, image.format());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    InnerCall inner = inner(input, call);
    Shape output = computeOutputShape(input);
    float[] ofOutput = call.outputGradient();
    if (isFirst()) {
      ofOutput = call.scratch(OF_OUTPUT, call.rows() * output.size());
      FrameWindows.single(output.dim(1))
          .gather(call.outputGradient(), ofOutput, call.rows(), outputLayout(output));
    }

    float[] ofKernel = call.weightGradient(0);
    float[] ofMoved = ofKernel == null ? null : call.scratch(OF_KERNEL, ofKernel.length);
    float[] ofInput = call.inputGradient();
    int images = inner.rows() * toImage(input).size();
    float[] ofImages = ofInput == null ? null : call.scratch(OF_IMAGES, images);
    image.backward(toImage(input), inner.gradients(ofOutput, ofImages).withGradient(0, ofMoved));
    if (ofKernel != null && ofMoved != null) {
      moveKernel(input, ofMoved, ofKernel, true);
    }

    if (ofInput != null && ofImages != null) {
      windows(input).addBack(ofImages, ofInput, call.rows(), layout(input));
    }
  }

  @Override
  public Config getConfig() {
    Config ofDepth =
        Config.builder()
            .put("kernel_size", depth.size)
            .put("strides", depth.stride)
            .put("dilation_rate", depth.dilation)
            .build();
    return Volumes.ofImage(image.getConfig(), ofDepth);
  }
}
