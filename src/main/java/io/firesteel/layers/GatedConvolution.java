package io.firesteel.layers;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A convolution whose filters are those of the four gates of a cell, in training with a part of its
 * input dropped, another one for each gate, in all steps alike.
 */
final class GatedConvolution {

  private static final int GATES = 4;
  private static final int SLICE = 2;
  private static final int MASKED = 3;
  private static final int PRODUCTS = 4;
  private static final int FACTORS = 5;

  /** The number of buffers that it takes. */
  static final int BUFFERS = 6;

  private final SpaceConvolution space;
  private final LayerCall call;
  private final int first;
  private final int rows;
  private final int inputSize;
  private final int filters;
  private final boolean drops;

  /**
   * Creates it.
   *
   * @param filters the number of filters of each gate
   * @param first the first of its buffers
   */
  GatedConvolution(
      ConvWindows windows,
      int[] extents,
      int channels,
      int filters,
      boolean drops,
      LayerCall call,
      int first) {
    this.space =
        new SpaceConvolution(
            windows, extents, channels, drops ? filters : GATES * filters, call, first);
    this.call = call;
    this.first = first;
    this.rows = call.rows();
    this.inputSize = Arrays.stream(extents).reduce(channels, (a, b) -> a * b);
    this.filters = filters;
    this.drops = drops;
  }

  /** Returns what the inputs of each gate are multiplied by, to be filled before the first step. */
  float @Nullable [] factors() {
    return drops ? call.scratch(first + FACTORS, GATES * rows * inputSize) : null;
  }

  int inputSize() {
    return inputSize;
  }

  private int gates() {
    return drops ? GATES : 1;
  }

  /** Returns a gate's part of a kernel. */
  private float[] slice(float[] kernel, int gate) {
    if (!drops) {
      return kernel;
    }

    float[] slice = call.scratch(first + SLICE, kernel.length / GATES);
    for (int i = 0; i < kernel.length / GATES; i += filters) {
      System.arraycopy(kernel, i * GATES + gate * filters, slice, i, filters);
    }

    return slice;
  }

  /** Returns the inputs as a gate sees them, from 0 on. */
  private float[] masked(float[] x, int xStart, int steps, int gate) {
    float[] factors = factors();
    if (factors == null) {
      return x;
    }

    int n = rows * inputSize;
    float[] masked = call.scratch(first + MASKED, steps * n);
    for (int i = 0; i < steps * n; i++) {
      masked[i] = x[xStart + i] * factors[gate * n + i % n];
    }

    return masked;
  }

  private float[] products(int steps) {
    int wide = rows * Math.max(space.outputSize(), inputSize);
    return call.scratch(first + PRODUCTS, steps * wide);
  }

  /** Adds the products of some steps to the sums of the gates. */
  void addForward(float[] x, int xStart, int steps, float[] kernel, float[] z, int zStart) {
    float[] products = products(steps);
    int n = steps * rows * space.outputSize();
    for (int gate = 0; gate < gates(); gate++) {
      float[] seen = masked(x, xStart, steps, gate);
      int from = drops ? 0 : xStart;
      space.forward(seen, from, slice(kernel, gate), products, 0, steps * rows);
      if (!drops) {
        FloatRanges.add(products, 0, z, zStart, n);
        return;
      }

      for (int i = 0; i < n; i += filters) {
        FloatRanges.add(products, i, z, zStart + i * GATES + gate * filters, filters);
      }
    }
  }

  /** Returns the gradients of one gate, from 0 on. */
  private float[] gate(float[] z, int zStart, int steps, int gate) {
    float[] products = products(steps);
    for (int i = 0; i < steps * rows * space.outputSize(); i += filters) {
      System.arraycopy(z, zStart + i * GATES + gate * filters, products, i, filters);
    }

    return products;
  }

  /** Fills the gradient of the kernel from those of the sums. */
  void kernelGradient(float[] x, int xStart, int steps, float[] z, int zStart, float[] ofKernel) {
    if (!drops) {
      space.kernelGradient(x, xStart, z, zStart, steps * rows, ofKernel);
      return;
    }

    for (int gate = 0; gate < GATES; gate++) {
      float[] seen = masked(x, xStart, steps, gate);
      int n = ofKernel.length / GATES;
      float[] slice = call.scratch(first + SLICE, n);
      space.kernelGradient(seen, 0, gate(z, zStart, steps, gate), 0, steps * rows, slice);
      for (int i = 0; i < n; i += filters) {
        System.arraycopy(slice, i, ofKernel, i * GATES + gate * filters, filters);
      }
    }
  }

  /** Adds to the gradient of the inputs of some steps. */
  void addInputGradient(
      float[] kernel, float[] z, int zStart, int steps, float[] ofX, int ofXStart) {
    float[] factors = factors();
    int n = rows * inputSize;
    float[] sums = call.scratch(first + MASKED, steps * n);
    for (int gate = 0; gate < gates(); gate++) {
      float[] ofGate = drops ? gate(z, zStart, steps, gate) : z;
      int from = drops ? 0 : zStart;
      space.inputGradient(slice(kernel, gate), ofGate, from, steps * rows, sums, 0);
      for (int i = 0; i < steps * n; i++) {
        ofX[ofXStart + i] += factors == null ? sums[i] : sums[i] * factors[gate * n + i % n];
      }
    }
  }
}
