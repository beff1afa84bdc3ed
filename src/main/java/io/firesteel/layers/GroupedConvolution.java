package io.firesteel.layers;

/**
 * A convolution whose channels are split into groups: the filters of a group see the channels of
 * the group alone. Each group is a convolution by itself, whose channels are copied out of the
 * images and back.
 */
final class GroupedConvolution extends Convolution {

  private static final ThreadLocal<Buffers> BUFFERS = ThreadLocal.withInitial(Buffers::new);

  private final Convolution group;
  private final int groups;

  /** The arrays of one group at a time. */
  private static final class Buffers {
    private float[] input = new float[0];
    private float[] output = new float[0];
    private float[] kernel = new float[0];

    private void require(int inputs, int outputs, int weights) {
      input = input.length < inputs ? new float[inputs] : input;
      output = output.length < outputs ? new float[outputs] : output;
      kernel = kernel.length == weights ? kernel : new float[weights];
    }
  }

  GroupedConvolution(
      ImageShape image,
      int filters,
      HeightWidth kernel,
      HeightWidth strides,
      Padding padding,
      HeightWidth dilation,
      int groups) {
    super(image, filters, kernel, strides, padding, dilation);
    if (image.channels() % groups != 0) {
      throw new IllegalArgumentException(
          "Conv2D: rows of shape %s have %d channels, which are not a multiple of groups=%d"
              .formatted(image.toShape(), image.channels(), groups));
    }

    ImageShape part =
        new ImageShape(image.height(), image.width(), image.channels() / groups, image.format());
    this.group = new Convolution(part, filters / groups, kernel, strides, padding, dilation);
    this.groups = groups;
  }

  private Buffers buffers(int rows) {
    Buffers buffers = BUFFERS.get();
    buffers.require(rows * group.inputSize(), rows * group.outputSize(), group.kernelSize());
    return buffers;
  }

  /** Copies the n-th of a number of equal parts of each vector of an array. */
  private void take(float[] from, int start, float[] part, int n, int vectors, int width) {
    for (int i = 0; i < vectors; i++) {
      FloatRanges.copy(from, start + (i * groups + n) * width, part, i * width, width);
    }
  }

  /** Copies the n-th part back. */
  private void give(float[] part, float[] to, int start, int n, int vectors, int width) {
    for (int i = 0; i < vectors; i++) {
      FloatRanges.copy(part, i * width, to, start + (i * groups + n) * width, width);
    }
  }

  private void takeInput(float[] x, int xStart, float[] part, int n, int rows) {
    take(x, xStart, part, n, rows * group.inputSize() / group.channels(), group.channels());
  }

  private void takeOutput(float[] y, int yStart, float[] part, int n, int rows) {
    take(y, yStart, part, n, rows * group.outputSize() / group.filters(), group.filters());
  }

  private void takeKernel(float[] weights, float[] part, int n) {
    take(weights, 0, part, n, group.kernelSize() / group.filters(), group.filters());
  }

  @Override
  void forward(float[] x, int xStart, float[] weights, float[] y, int yStart, int rows) {
    Buffers part = buffers(rows);
    for (int n = 0; n < groups; n++) {
      takeInput(x, xStart, part.input, n, rows);
      takeKernel(weights, part.kernel, n);
      group.forward(part.input, 0, part.kernel, part.output, 0, rows);
      int places = rows * group.outputSize() / group.filters();
      give(part.output, y, yStart, n, places, group.filters());
    }
  }

  @Override
  void weightGradient(
      float[] x, int xStart, float[] ofOutput, int outputStart, int rows, float[] ofWeights) {
    Buffers part = buffers(rows);
    for (int n = 0; n < groups; n++) {
      takeInput(x, xStart, part.input, n, rows);
      takeOutput(ofOutput, outputStart, part.output, n, rows);
      group.weightGradient(part.input, 0, part.output, 0, rows, part.kernel);
      int lines = group.kernelSize() / group.filters();
      give(part.kernel, ofWeights, 0, n, lines, group.filters());
    }
  }

  @Override
  void inputGradient(
      float[] weights,
      float[] ofOutput,
      int outputStart,
      int rows,
      float[] ofInput,
      int inputStart) {
    Buffers part = buffers(rows);
    for (int n = 0; n < groups; n++) {
      takeKernel(weights, part.kernel, n);
      takeOutput(ofOutput, outputStart, part.output, n, rows);
      group.inputGradient(part.kernel, part.output, 0, rows, part.input, 0);
      int places = rows * group.inputSize() / group.channels();
      give(part.input, ofInput, inputStart, n, places, group.channels());
    }
  }
}
