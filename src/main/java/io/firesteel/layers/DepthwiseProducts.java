package io.firesteel.layers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A convolution of each channel by itself, with several outputs a channel: y[c m + k] = the sum of
 * x[c] w[c, k] over the places of a window. Channels come last.
 *
 * @param multiplier the outputs of a channel, m
 */
record DepthwiseProducts(
    WindowArguments window, ImageShape input, int outputHeight, int outputWidth, int multiplier) {

  /** What is done with the places that a window and the input have in common. */
  @FunctionalInterface
  private interface Place {
    void at(int x, int w, int y);
  }

  int outputChannels() {
    return input.channels() * multiplier;
  }

  private void forEachPlace(int rows, Place place) {
    int top = window.top(input);
    int left = window.left(input);
    HeightWidth kernel = window.kernelSize();
    HeightWidth strides = window.strides();
    HeightWidth dilation = window.dilation();
    for (int line = 0; line < rows * outputHeight; line++) {
      int row = line / outputHeight;
      for (int column = 0; column < outputWidth; column++) {
        int to = (line * outputWidth + column) * outputChannels();
        for (int ky = 0; ky < kernel.height(); ky++) {
          int y = line % outputHeight * strides.height() - top + ky * dilation.height();
          for (int kx = 0; kx < kernel.width() && y >= 0 && y < input.height(); kx++) {
            int x = column * strides.width() - left + kx * dilation.width();
            if (x >= 0 && x < input.width()) {
              int from = ((row * input.height() + y) * input.width() + x) * input.channels();
              place.at(from, (ky * kernel.width() + kx) * outputChannels(), to);
            }
          }
        }
      }
    }
  }

  /** Fills y. */
  void forward(float[] x, int xStart, float[] w, float[] y, int yStart, int rows) {
    int n = outputChannels();
    Arrays.fill(y, yStart, yStart + rows * outputHeight * outputWidth * n, 0.0f);
    if (multiplier == 1) {
      forEachPlace(
          rows,
          (from, weight, to) -> {
            for (int c = 0; c < n; c++) {
              y[yStart + to + c] += x[xStart + from + c] * w[weight + c];
            }
          });
    } else {
      forEachPlace(
          rows,
          (from, weight, to) -> {
            for (int i = 0; i < n; i++) {
              y[yStart + to + i] += x[xStart + from + i / multiplier] * w[weight + i];
            }
          });
    }
  }

  /** Fills the gradient of the kernel. */
  void weightGradient(
      float[] x, int xStart, float[] ofOutput, int outputStart, float[] ofWeights, int rows) {
    int n = outputChannels();
    Arrays.fill(ofWeights, 0.0f);
    forEachPlace(
        rows,
        (from, weight, to) -> {
          for (int i = 0; i < n; i++) {
            ofWeights[weight + i] +=
                x[xStart + from + i / multiplier] * ofOutput[outputStart + to + i];
          }
        });
  }

  /** Fills the gradient of the input, unless it is null. */
  void inputGradient(
      float[] w,
      float[] ofOutput,
      int outputStart,
      float @Nullable [] ofInput,
      int inputStart,
      int rows) {
    if (ofInput == null) {
      return;
    }

    int n = outputChannels();
    int size = input.height() * input.width() * input.channels();
    Arrays.fill(ofInput, inputStart, inputStart + rows * size, 0.0f);
    forEachPlace(
        rows,
        (from, weight, to) -> {
          for (int i = 0; i < n; i++) {
            ofInput[inputStart + from + i / multiplier] +=
                w[weight + i] * ofOutput[outputStart + to + i];
          }
        });
  }
}
