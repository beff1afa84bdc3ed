package io.firesteel.layers;

import java.util.Arrays;

/**
 * The windows of a convolution over images of one shape, channels last, and the copies of them that
 * are the rows of a matrix.
 */
final class WindowMatrix {

  /* From here on runs of channels are worth being copied. */
  private static final int MANY_CHANNELS = 16;

  private final int height;
  private final int width;
  private final int channels;
  private final HeightWidth kernel;
  private final HeightWidth strides;
  private final HeightWidth dilation;
  private final int outputHeight;
  private final int outputWidth;
  private final int top;
  private final int left;
  private final int windowSize;

  WindowMatrix(
      ImageShape image,
      HeightWidth kernel,
      HeightWidth strides,
      HeightWidth dilation,
      Convolution.Windows windows) {
    this.height = image.height();
    this.width = image.width();
    this.channels = image.channels();
    this.kernel = kernel;
    this.strides = strides;
    this.dilation = dilation;
    this.outputHeight = windows.lines();
    this.outputWidth = windows.columns();
    this.top = windows.top();
    this.left = windows.left();
    this.windowSize = kernel.height() * kernel.width() * channels;
  }

  /** Writes some lines of the windows of some lines into a matrix, one window a row. */
  void layOut(float[] x, int xStart, float[] matrix, int line, int end, int firstKy, int endKy) {
    int rowLength = kernel.width() * channels;
    int length = (endKy - firstKy) * rowLength;
    for (int l = line; l < end; l++) {
      int image = xStart + l / outputHeight * (height * width * channels);
      int matrixLine = (l - line) * outputWidth * length;
      for (int ky = firstKy; ky < endKy; ky++) {
        int y = l % outputHeight * strides.height() - top + ky * dilation.height();
        int to = matrixLine + (ky - firstKy) * rowLength;
        if (y < 0 || y >= height) {
          zeroLine(matrix, to, rowLength, length);
        } else {
          layOutLine(x, image + y * width * channels, matrix, to, length);
        }
      }
    }
  }

  private void zeroLine(float[] matrix, int to, int rowLength, int length) {
    for (int window = 0; window < outputWidth; window++) {
      int start = to + window * length;
      Arrays.fill(matrix, start, start + rowLength, 0.0f);
    }
  }

  private void layOutLine(float[] x, int from, float[] matrix, int to, int length) {
    int first = firstWhole();
    int end = endWhole(first);
    for (int window = 0; window < first; window++) {
      layOutWindow(x, from, matrix, to + window * length, window * strides.width() - left);
    }

    int n = kernel.width() * channels;
    int step = strides.width() * channels;
    int source = from + first * step - left * channels;
    FloatRanges.copyRuns(x, source, step, matrix, to + first * length, length, end - first, n);
    for (int window = end; window < outputWidth; window++) {
      layOutWindow(x, from, matrix, to + window * length, window * strides.width() - left);
    }
  }

  /** Returns the first window of a line that lies within the image and has no gaps. */
  private int firstWhole() {
    int first = (left + strides.width() - 1) / strides.width();
    return dilation.width() == 1 ? Math.min(outputWidth, first) : outputWidth;
  }

  /** Returns the end of the windows that lie within the image, which begin with the first one. */
  private int endWhole(int first) {
    int room = width - kernel.width() + left;
    int end = room < 0 ? 0 : room / strides.width() + 1;
    return Math.max(first, Math.min(outputWidth, end));
  }

  private void layOutWindow(float[] x, int from, float[] matrix, int to, int first) {
    for (int kx = 0; kx < kernel.width(); kx++) {
      int column = first + kx * dilation.width();
      int target = to + kx * channels;
      if (column >= 0 && column < width) {
        FloatRanges.copy(x, from + column * channels, matrix, target, channels);
      } else {
        Arrays.fill(matrix, target, target + channels, 0.0f);
      }
    }
  }

  /** Adds the windows of some lines to the places of the image that they came from. */
  void addBack(float[] matrix, float[] image, int imageStart, int line, int end) {
    int rowLength = kernel.width() * channels;
    for (int l = line; l < end; l++) {
      int start = imageStart + l / outputHeight * (height * width * channels);
      int matrixLine = (l - line) * outputWidth * windowSize;
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
    if (kernel.width() == 3 && strides.width() == 1 && dilation.width() == 1) {
      addBackThree(matrix, from, image, to);
      return;
    }

    int columns = kernel.width();
    int source = from;
    for (int window = 0; window < outputWidth; window++) {
      int first = window * strides.width() - left;
      if (dilation.width() == 1 && first >= 0 && first + columns <= width) {
        FloatRanges.add(matrix, source, image, to + first * channels, columns * channels);
      } else {
        addBackWindow(matrix, source, image, to, first);
      }

      source += windowSize;
    }
  }

  /** Adds to each place what the up to three windows around it hold, window by window. */
  private void addBackThree(float[] matrix, int from, float[] image, int to) {
    if (channels >= MANY_CHANNELS) {
      ThreeColumns.of(width * channels)
          .add(matrix, from, windowSize, outputWidth, left, channels, image, to, width);
      return;
    }

    int apart = windowSize - channels;
    for (int column = 0; column < width; column++) {
      int first = Math.max(0, column + left - 2);
      int last = Math.min(outputWidth - 1, column + left);
      int source = from + first * windowSize + (column + left - first) * channels;
      int target = to + column * channels;
      if (last - first == 2) {
        FloatRanges.addThree(matrix, source, apart, image, target, channels);
      } else {
        for (int window = first; window <= last; window++) {
          FloatRanges.add(matrix, source, image, target, channels);
          source += apart;
        }
      }
    }
  }

  private void addBackWindow(float[] matrix, int from, float[] image, int to, int first) {
    for (int kx = 0; kx < kernel.width(); kx++) {
      int column = first + kx * dilation.width();
      if (column >= 0 && column < width) {
        FloatRanges.add(matrix, from + kx * channels, image, to + column * channels, channels);
      }
    }
  }
}
