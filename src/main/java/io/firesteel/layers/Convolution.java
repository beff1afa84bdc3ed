package io.firesteel.layers;

import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.Shape;
import java.util.Arrays;

/**
 * The products of a convolution over images of one shape, channels last. The windows of some lines
 * at a time are laid out as the rows of a matrix, as many as stay in a CPU's cache, which is then
 * multiplied by the kernel; a kernel of one pixel is multiplied by the image itself.
 */
final class Convolution {

  /* The number of floats that the matrix of windows should have at most. */
  private static final int BLOCK = 1 << 16;

  private final Shape input;
  private final Shape output;
  private final int height;
  private final int width;
  private final int channels;
  private final int filters;
  private final Pair kernel;
  private final Pair strides;
  private final Pair dilation;
  private final int outputHeight;
  private final int outputWidth;
  private final int top;
  private final int left;
  private final int windowSize;
  private final int linesPerBlock;
  private final boolean pointwise;

  /**
   * Computes where the windows lie.
   *
   * @throws IllegalArgumentException if the image is smaller than a window
   */
  Convolution(
      ImageShape image, int filters, Pair kernel, Pair strides, Padding padding, Pair dilation) {
    this.input = image.toShape();
    this.height = image.height();
    this.width = image.width();
    this.channels = image.channels();
    this.filters = filters;
    this.kernel = kernel;
    this.strides = strides;
    this.dilation = dilation;
    this.outputHeight =
        padding.outputs(height, kernel.height(), strides.height(), dilation.height());
    this.outputWidth = padding.outputs(width, kernel.width(), strides.width(), dilation.width());
    this.top = padding.before(height, kernel.height(), strides.height(), dilation.height());
    this.left = padding.before(width, kernel.width(), strides.width(), dilation.width());
    this.windowSize = kernel.height() * kernel.width() * channels;
    this.linesPerBlock = Math.max(1, BLOCK / Math.max(1, outputWidth * windowSize));
    this.pointwise = kernel.isOne() && strides.isOne();
    if (outputHeight < 1 || outputWidth < 1) {
      throw new IllegalArgumentException(
          "Conv2D: rows of shape %s are smaller than a window of kernel_size=%s, dilation_rate=%s"
              .formatted(input, kernel.toList(), dilation.toList()));
    }

    this.output = new ImageShape(outputHeight, outputWidth, filters, image.format()).toShape();
  }

  Shape input() {
    return input;
  }

  Shape output() {
    return output;
  }

  int inputSize() {
    return height * width * channels;
  }

  int outputSize() {
    return outputHeight * outputWidth * filters;
  }

  /** Returns the length of the buffer that the methods need for a batch. */
  int scratch(int rows) {
    return pointwise ? 0 : Math.min(linesPerBlock, rows * outputHeight) * outputWidth * windowSize;
  }

  /** Moves the channels of inputs from the front to the back. */
  void inputToLast(float[] from, float[] to, int start, int rows) {
    Parts.transpose(from, 0, to, start, rows, channels, height * width);
  }

  /** Moves the channels of inputs from the back to the front. */
  void inputToFirst(float[] from, int start, float[] to, int rows) {
    Parts.transpose(from, start, to, 0, rows, height * width, channels);
  }

  /** Moves the channels of outputs from the front to the back. */
  void outputToLast(float[] from, float[] to, int start, int rows) {
    Parts.transpose(from, 0, to, start, rows, filters, outputHeight * outputWidth);
  }

  /** Moves the channels of outputs from the back to the front. */
  void outputToFirst(float[] from, int start, float[] to, int rows) {
    Parts.transpose(from, start, to, 0, rows, outputHeight * outputWidth, filters);
  }

  /** Fills y with the products, without a bias; arrays count from their start. */
  void forward(
      float[] x,
      int xStart,
      float[] weights,
      float[] y,
      int yStart,
      int rows,
      float[] buffer,
      int bufferStart) {
    if (pointwise) {
      int places = rows * height * width;
      MatMul.multiplyPart(x, xStart, weights, y, yStart, places, channels, filters);
      return;
    }

    int lines = rows * outputHeight;
    for (int line = 0; line < lines; line += linesPerBlock) {
      int end = Math.min(lines, line + linesPerBlock);
      int windows = (end - line) * outputWidth;
      int to = yStart + line * outputWidth * filters;
      layOut(x, xStart, buffer, bufferStart, line, end);
      MatMul.multiplyPart(buffer, bufferStart, weights, y, to, windows, windowSize, filters);
    }
  }

  /** Fills the gradient of the kernel; arrays count from their start. */
  void weightGradient(
      float[] x,
      int xStart,
      float[] ofOutput,
      int outputStart,
      int rows,
      float[] buffer,
      int bufferStart,
      float[] ofWeights) {
    Arrays.fill(ofWeights, 0.0f);
    if (pointwise) {
      int places = rows * height * width;
      MatMul.addTransposedTimesPart(
          x, xStart, ofOutput, outputStart, ofWeights, places, channels, filters);
      return;
    }

    int lines = rows * outputHeight;
    for (int line = 0; line < lines; line += linesPerBlock) {
      int end = Math.min(lines, line + linesPerBlock);
      int windows = (end - line) * outputWidth;
      int from = outputStart + line * outputWidth * filters;
      layOut(x, xStart, buffer, bufferStart, line, end);
      MatMul.addTransposedTimesPart(
          buffer, bufferStart, ofOutput, from, ofWeights, windows, windowSize, filters);
    }
  }

  /** Fills the gradient of the input; arrays count from their start. */
  void inputGradient(
      float[] weights,
      float[] ofOutput,
      int outputStart,
      int rows,
      float[] buffer,
      int bufferStart,
      float[] ofInput,
      int inputStart) {
    if (pointwise) {
      int places = rows * height * width;
      MatMul.timesTransposedPart(
          ofOutput, outputStart, weights, ofInput, inputStart, places, filters, channels);
      return;
    }

    Arrays.fill(ofInput, inputStart, inputStart + rows * height * width * channels, 0.0f);
    int lines = rows * outputHeight;
    for (int line = 0; line < lines; line += linesPerBlock) {
      int end = Math.min(lines, line + linesPerBlock);
      int windows = (end - line) * outputWidth;
      int from = outputStart + line * outputWidth * filters;
      MatMul.timesTransposedPart(
          ofOutput, from, weights, buffer, bufferStart, windows, filters, windowSize);
      addBack(buffer, bufferStart, ofInput, inputStart, line, end);
    }
  }

  /** Writes the windows of some lines into a matrix, one window a row. */
  private void layOut(float[] x, int xStart, float[] matrix, int matrixStart, int line, int end) {
    int rowLength = kernel.width() * channels;
    for (int l = line; l < end; l++) {
      int image = xStart + l / outputHeight * (height * width * channels);
      int matrixLine = matrixStart + (l - line) * outputWidth * windowSize;
      for (int ky = 0; ky < kernel.height(); ky++) {
        int y = l % outputHeight * strides.height() - top + ky * dilation.height();
        int to = matrixLine + ky * rowLength;
        if (y < 0 || y >= height) {
          zeroLine(matrix, to, rowLength);
        } else {
          layOutLine(x, image + y * width * channels, matrix, to);
        }
      }
    }
  }

  private void zeroLine(float[] matrix, int to, int rowLength) {
    for (int window = 0; window < outputWidth; window++) {
      int start = to + window * windowSize;
      Arrays.fill(matrix, start, start + rowLength, 0.0f);
    }
  }

  private void layOutLine(float[] x, int from, float[] matrix, int to) {
    int columns = kernel.width();
    int target = to;
    for (int window = 0; window < outputWidth; window++) {
      int first = window * strides.width() - left;
      if (dilation.width() == 1 && first >= 0 && first + columns <= width) {
        Parts.copy(x, from + first * channels, matrix, target, columns * channels);
      } else {
        layOutWindow(x, from, matrix, target, first);
      }

      target += windowSize;
    }
  }

  private void layOutWindow(float[] x, int from, float[] matrix, int to, int first) {
    for (int kx = 0; kx < kernel.width(); kx++) {
      int column = first + kx * dilation.width();
      int target = to + kx * channels;
      if (column >= 0 && column < width) {
        Parts.copy(x, from + column * channels, matrix, target, channels);
      } else {
        Arrays.fill(matrix, target, target + channels, 0.0f);
      }
    }
  }

  /** Adds the windows of some lines to the places of the image that they came from. */
  private void addBack(
      float[] matrix, int matrixStart, float[] image, int imageStart, int line, int end) {
    int rowLength = kernel.width() * channels;
    for (int l = line; l < end; l++) {
      int start = imageStart + l / outputHeight * (height * width * channels);
      int matrixLine = matrixStart + (l - line) * outputWidth * windowSize;
      for (int ky = 0; ky < kernel.height(); ky++) {
        int y = l % outputHeight * strides.height() - top + ky * dilation.height();
        if (y >= 0 && y < height) {
          int from = matrixLine + ky * rowLength;
          addBackLine(matrix, from, image, start + y * width * channels);
        }
      }
    }
  }

  private void addBackLine(float[] matrix, int from, float[] image, int to) {
    int columns = kernel.width();
    int source = from;
    for (int window = 0; window < outputWidth; window++) {
      int first = window * strides.width() - left;
      if (dilation.width() == 1 && first >= 0 && first + columns <= width) {
        Parts.add(matrix, source, image, to + first * channels, columns * channels);
      } else {
        addBackWindow(matrix, source, image, to, first);
      }

      source += windowSize;
    }
  }

  private void addBackWindow(float[] matrix, int from, float[] image, int to, int first) {
    for (int kx = 0; kx < kernel.width(); kx++) {
      int column = first + kx * dilation.width();
      if (column >= 0 && column < width) {
        Parts.add(matrix, from + kx * channels, image, to + column * channels, channels);
      }
    }
  }
}
