package io.firesteel.layers;

import io.firesteel.tensor.BlockwiseProduct;
import io.firesteel.tensor.MatMul;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The products of a convolution over images of one shape, channels last. The windows of some lines
 * at a time are laid out as the rows of a matrix, as many as stay in a CPU's cache, which is then
 * multiplied by the kernel; a kernel of one pixel is multiplied by the image itself. Spare cores
 * take images, or for the kernel's gradient lines of the kernel: what a part is depends on the
 * shapes alone.
 */
class Convolution {

  /* The number of floats that the matrix of windows should have at most. */
  private static final int BLOCK = 1 << 16;

  /* A line of a kernel with more values is a large product by itself. */
  private static final int LONGEST_LINE = 512;

  private static final ThreadLocal<float[]> MATRIX = ThreadLocal.withInitial(() -> new float[0]);

  private final Shape input;
  private final Shape output;
  private final int height;
  private final int width;
  private final int channels;
  private final int filters;
  private final HeightWidth kernel;
  private final int outputHeight;
  private final int outputWidth;
  private final int windowSize;
  private final WindowMatrix windowMatrix;
  private final int linesPerBlock;
  private final boolean pointwise;

  /* What the kernel's gradient is made of, by the lines of windows of a block. */
  private volatile @Nullable AtomicReferenceArray<@Nullable BlockwiseProduct> gradientProducts;

  /**
   * How many windows there are along each axis, and how far the first one begins before the image.
   */
  record Windows(int lines, int columns, int top, int left) {}

  /**
   * Computes where the windows lie.
   *
   * @throws IllegalArgumentException if the image is smaller than a window
   */
  Convolution(
      ImageShape image,
      int filters,
      HeightWidth kernel,
      HeightWidth strides,
      Padding padding,
      HeightWidth dilation) {
    this(
        image,
        filters,
        kernel,
        strides,
        dilation,
        new Windows(
            padding.outputs(image.height(), kernel.height(), strides.height(), dilation.height()),
            padding.outputs(image.width(), kernel.width(), strides.width(), dilation.width()),
            padding.before(image.height(), kernel.height(), strides.height(), dilation.height()),
            padding.before(image.width(), kernel.width(), strides.width(), dilation.width())));
  }

  /** Takes the windows that it is given. */
  Convolution(
      ImageShape image,
      int filters,
      HeightWidth kernel,
      HeightWidth strides,
      HeightWidth dilation,
      Windows windows) {
    this.input = image.toShape();
    this.height = image.height();
    this.width = image.width();
    this.channels = image.channels();
    this.filters = filters;
    this.kernel = kernel;
    this.outputHeight = windows.lines();
    this.outputWidth = windows.columns();
    this.windowSize = kernel.height() * kernel.width() * channels;
    this.linesPerBlock = Math.max(1, BLOCK / Math.max(1, outputWidth * windowSize));
    this.windowMatrix = new WindowMatrix(image, kernel, strides, dilation, windows);
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

  int channels() {
    return channels;
  }

  int filters() {
    return filters;
  }

  int kernelSize() {
    return windowSize * filters;
  }

  /** How many images are laid out at a time; 1 also where a part of an image is. */
  private int imagesPerPart() {
    return Math.max(1, linesPerBlock / outputHeight);
  }

  /** Returns how many parts a batch has. */
  int parts(int rows) {
    return (rows + imagesPerPart() - 1) / imagesPerPart();
  }

  /** Returns the calling thread's matrix of windows. */
  private static float[] matrix(int size) {
    float[] known = MATRIX.get();
    if (known.length < size) {
      known = new float[size];
      MATRIX.set(known);
    }

    return known;
  }

  /** Moves the channels of inputs from the front to the back. */
  void inputToLast(float[] from, float[] to, int start, int rows) {
    FloatRanges.transpose(from, 0, to, start, rows, channels, height * width);
  }

  /** Moves the channels of inputs from the back to the front. */
  void inputToFirst(float[] from, int start, float[] to, int rows) {
    FloatRanges.transpose(from, start, to, 0, rows, height * width, channels);
  }

  /** Moves the channels of outputs from the front to the back. */
  void outputToLast(float[] from, float[] to, int start, int rows) {
    FloatRanges.transpose(from, 0, to, start, rows, filters, outputHeight * outputWidth);
  }

  /** Moves the channels of outputs from the back to the front. */
  void outputToFirst(float[] from, int start, float[] to, int rows) {
    FloatRanges.transpose(from, start, to, 0, rows, outputHeight * outputWidth, filters);
  }

  /** Fills y with the products, without a bias; arrays count from their start. */
  void forward(float[] x, int xStart, float[] weights, float[] y, int yStart, int rows) {
    if (pointwise) {
      int places = rows * height * width;
      MatMul.multiplyPart(x, xStart, weights, y, yStart, places, channels, filters);
    } else {
      ConvolutionCall.of(this, rows).forward(x, xStart, weights, y, yStart);
    }
  }

  /** Computes a part of {@link #forward}. */
  void forwardPart(
      int part, float[] x, int xStart, float[] weights, float[] y, int yStart, int rows) {
    int last = Math.min(rows, (part + 1) * imagesPerPart()) * outputHeight;
    for (int line = part * imagesPerPart() * outputHeight; line < last; line += linesPerBlock) {
      int end = Math.min(last, line + linesPerBlock);
      int windows = (end - line) * outputWidth;
      int to = yStart + line * outputWidth * filters;
      float[] matrix = matrix(windows * windowSize);
      windowMatrix.layOut(x, xStart, matrix, line, end, 0, kernel.height());
      MatMul.multiplyPart(matrix, 0, weights, y, to, windows, windowSize, filters);
    }
  }

  /** Fills the gradient of the kernel; arrays count from their start. */
  void weightGradient(
      float[] x, int xStart, float[] ofOutput, int outputStart, int rows, float[] ofWeights) {
    Arrays.fill(ofWeights, 0.0f);
    if (pointwise) {
      int places = rows * height * width;
      MatMul.addTransposedTimesPart(
          x, xStart, ofOutput, outputStart, ofWeights, 0, places, channels, filters);
    } else {
      ConvolutionCall.of(this, rows).weightGradient(x, xStart, ofOutput, outputStart, ofWeights);
    }
  }

  /** Returns how many parts {@link #weightGradient} has for spare cores. */
  int kernelLines() {
    return kernel.height();
  }

  /**
   * Adds up the gradient of the whole kernel, on the calling thread: at once where that has the
   * bits of a product for each line of the kernel.
   */
  void weightGradientWhole(
      float[] x, int xStart, float[] ofOutput, int outputStart, int rows, float[] ofWeights) {
    int lines = rows * outputHeight;
    for (int line = 0; line < lines; line += linesPerBlock) {
      int end = Math.min(lines, line + linesPerBlock);
      BlockwiseProduct product = gradientProduct(end - line);
      if (product != null && !product.isOfBlocks()) {
        float[] matrix = matrix((end - line) * outputWidth * windowSize);
        windowMatrix.layOut(x, xStart, matrix, line, end, 0, kernel.height());
        int from = outputStart + line * outputWidth * filters;
        product.add(matrix, 0, ofOutput, from, ofWeights);
      } else {
        for (int ky = 0; ky < kernel.height(); ky++) {
          addWeightGradient(ky, line, end, x, xStart, ofOutput, outputStart, ofWeights);
        }
      }
    }
  }

  private @Nullable BlockwiseProduct gradientProduct(int lines) {
    int lineSize = kernel.width() * channels;
    if (kernel.height() == 1 || lineSize > LONGEST_LINE) {
      return null;
    }

    AtomicReferenceArray<@Nullable BlockwiseProduct> products = gradientProducts;
    if (products == null) {
      products = new AtomicReferenceArray<>(linesPerBlock + 1);
      gradientProducts = products;
    }

    BlockwiseProduct known = products.get(lines);
    if (known == null) {
      known = new BlockwiseProduct(lines * outputWidth, windowSize, filters, lineSize);
      products.set(lines, known);
    }

    return known;
  }

  /** Adds up the gradient of one line of the kernel. */
  void weightGradientPart(
      int kernelLine,
      float[] x,
      int xStart,
      float[] ofOutput,
      int outputStart,
      int rows,
      float[] ofWeights) {
    int lines = rows * outputHeight;
    for (int line = 0; line < lines; line += linesPerBlock) {
      int end = Math.min(lines, line + linesPerBlock);
      addWeightGradient(kernelLine, line, end, x, xStart, ofOutput, outputStart, ofWeights);
    }
  }

  /** Adds to the gradient of a line of the kernel what the windows of some lines give. */
  private void addWeightGradient(
      int kernelLine,
      int line,
      int end,
      float[] x,
      int xStart,
      float[] ofOutput,
      int outputStart,
      float[] ofWeights) {
    int lineSize = kernel.width() * channels;
    int windows = (end - line) * outputWidth;
    float[] matrix = matrix(windows * lineSize);
    windowMatrix.layOut(x, xStart, matrix, line, end, kernelLine, kernelLine + 1);
    int from = outputStart + line * outputWidth * filters;
    int to = kernelLine * lineSize * filters;
    MatMul.addTransposedTimesPart(
        matrix, 0, ofOutput, from, ofWeights, to, windows, lineSize, filters);
  }

  /** Fills the gradient of the input; arrays count from their start. */
  void inputGradient(
      float[] weights,
      float[] ofOutput,
      int outputStart,
      int rows,
      float[] ofInput,
      int inputStart) {
    if (pointwise) {
      int places = rows * height * width;
      MatMul.timesTransposedPart(
          ofOutput, outputStart, weights, ofInput, inputStart, places, filters, channels);
    } else {
      ConvolutionCall.of(this, rows)
          .inputGradient(weights, ofOutput, outputStart, ofInput, inputStart);
    }
  }

  /** Computes a part of {@link #inputGradient}. */
  void inputGradientPart(
      int part,
      float[] weights,
      float[] ofOutput,
      int outputStart,
      int rows,
      float[] ofInput,
      int inputStart) {
    int first = part * imagesPerPart();
    int endImage = Math.min(rows, first + imagesPerPart());
    int from = inputStart + first * inputSize();
    Arrays.fill(ofInput, from, inputStart + endImage * inputSize(), 0.0f);
    int last = endImage * outputHeight;
    for (int line = first * outputHeight; line < last; line += linesPerBlock) {
      int end = Math.min(last, line + linesPerBlock);
      int windows = (end - line) * outputWidth;
      int source = outputStart + line * outputWidth * filters;
      float[] matrix = matrix(windows * windowSize);
      MatMul.timesTransposedPart(
          ofOutput, source, weights, matrix, 0, windows, filters, windowSize);
      windowMatrix.addBack(matrix, ofInput, inputStart, line, end);
    }
  }
}
