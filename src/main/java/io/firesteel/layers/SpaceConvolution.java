package io.firesteel.layers;

import java.util.Arrays;

/**
 * The products of a convolution over lines, images or volumes, channels last. A line is an image of
 * one column; a volume is a sum over the depth of the kernel of convolutions of its frames.
 */
final class SpaceConvolution {

  private final Convolution image;
  private final int frames;
  private final int windows;
  private final int depth;
  private final int stride;
  private final int dilation;
  private final int before;
  private final boolean isVolume;
  private final int frameSize;
  private final int outputFrame;
  private final float[] slice;
  private final float[] part;

  /**
   * Lays the windows out.
   *
   * @param extents those of the space, one to three
   * @param call has the buffers
   * @param firstScratch the first of two buffers
   */
  SpaceConvolution(
      ConvWindows windows,
      int[] extents,
      int channels,
      int filters,
      LayerCall call,
      int firstScratch) {
    this.isVolume = extents.length == 3;
    int first = isVolume ? 1 : 0;
    boolean isLine = extents.length == 1;
    int[] size = windows.kernelSize();
    int[] strides = windows.strides();
    int[] dilations = windows.dilation();
    this.image =
        new Convolution(
            new ImageShape(
                extents[first],
                isLine ? 1 : extents[first + 1],
                channels,
                DataFormat.CHANNELS_LAST),
            filters,
            pair(size, first),
            pair(strides, first),
            windows.padding(),
            pair(dilations, first));
    this.frames = isVolume ? extents[0] : 1;
    this.depth = isVolume ? size[0] : 1;
    this.stride = isVolume ? strides[0] : 1;
    this.dilation = isVolume ? dilations[0] : 1;
    this.windows = windows.padding().outputs(frames, depth, stride, dilation);
    this.before = windows.padding().before(frames, depth, stride, dilation);
    this.frameSize = image.inputSize();
    this.outputFrame = image.outputSize();
    this.slice = call.scratch(firstScratch, isVolume ? image.kernelSize() : 0);
    this.part = call.scratch(firstScratch + 1, isVolume ? Math.max(frameSize, outputFrame) : 0);
  }

  private static HeightWidth pair(int[] numbers, int first) {
    return new HeightWidth(numbers[first], numbers.length == 1 ? 1 : numbers[first + 1]);
  }

  /** The number of values of a row of the output. */
  int outputSize() {
    return windows * outputFrame;
  }

  private int source(int window, int ofDepth) {
    int frame = window * stride - before + ofDepth * dilation;
    return frame >= 0 && frame < frames ? frame : -1;
  }

  private void take(float[] kernel, int ofDepth) {
    System.arraycopy(kernel, ofDepth * image.kernelSize(), slice, 0, image.kernelSize());
  }

  /** Fills y with the products. */
  void forward(float[] x, int xStart, float[] kernel, float[] y, int yStart, int rows) {
    if (!isVolume) {
      image.forward(x, xStart, kernel, y, yStart, rows);
      return;
    }

    Arrays.fill(y, yStart, yStart + rows * outputSize(), 0.0f);
    for (int d = 0; d < depth; d++) {
      take(kernel, d);
      for (int window = 0; window < rows * windows; window++) {
        int frame = source(window % windows, d);
        if (frame >= 0) {
          int from = xStart + (window / windows * frames + frame) * frameSize;
          image.forward(x, from, slice, part, 0, 1);
          FloatRanges.add(part, 0, y, yStart + window * outputFrame, outputFrame);
        }
      }
    }
  }

  /** Fills the gradient of the kernel. */
  void kernelGradient(
      float[] x, int xStart, float[] ofOutput, int outputStart, int rows, float[] ofKernel) {
    if (!isVolume) {
      image.weightGradient(x, xStart, ofOutput, outputStart, rows, ofKernel);
      return;
    }

    Arrays.fill(ofKernel, 0.0f);
    for (int d = 0; d < depth; d++) {
      for (int window = 0; window < rows * windows; window++) {
        int frame = source(window % windows, d);
        if (frame >= 0) {
          int from = xStart + (window / windows * frames + frame) * frameSize;
          image.weightGradient(x, from, ofOutput, outputStart + window * outputFrame, 1, slice);
          FloatRanges.add(slice, 0, ofKernel, d * image.kernelSize(), image.kernelSize());
        }
      }
    }
  }

  /** Fills the gradient of the input. */
  void inputGradient(
      float[] kernel, float[] ofOutput, int outputStart, int rows, float[] ofInput, int start) {
    if (!isVolume) {
      image.inputGradient(kernel, ofOutput, outputStart, rows, ofInput, start);
      return;
    }

    Arrays.fill(ofInput, start, start + rows * frames * frameSize, 0.0f);
    for (int d = 0; d < depth; d++) {
      take(kernel, d);
      for (int window = 0; window < rows * windows; window++) {
        int frame = source(window % windows, d);
        if (frame >= 0) {
          int to = start + (window / windows * frames + frame) * frameSize;
          image.inputGradient(slice, ofOutput, outputStart + window * outputFrame, 1, part, 0);
          FloatRanges.add(part, 0, ofInput, to, frameSize);
        }
      }
    }
  }
}
