package io.firesteel.layers;

import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.SpareCores;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A convolution of a batch, in parts that spare cores take. A thread uses one again and again. */
final class ConvolutionCall implements ChunkPool.Work {
  private static final ThreadLocal<ConvolutionCall> OWN =
      ThreadLocal.withInitial(ConvolutionCall::new);
  private static final float[] NOTHING = new float[0];

  /** What is computed. */
  private enum Kind {
    FORWARD,
    WEIGHT_GRADIENT,
    INPUT_GRADIENT
  }

  private @Nullable Convolution places;
  private Kind kind = Kind.FORWARD;
  private int rows;
  private float[] left = NOTHING;
  private float[] right = NOTHING;
  private float[] result = NOTHING;
  private int leftStart;
  private int rightStart;
  private int resultStart;

  static ConvolutionCall of(Convolution places, int rows) {
    ConvolutionCall call = OWN.get();
    call.places = places;
    call.rows = rows;
    return call;
  }

  void forward(float[] x, int xStart, float[] weights, float[] y, int yStart) {
    run(Kind.FORWARD, x, xStart, weights, 0, y, yStart);
  }

  void weightGradient(float[] x, int xStart, float[] ofOutput, int outputStart, float[] ofWeights) {
    if (SpareCores.shared().areThere()) {
      run(Kind.WEIGHT_GRADIENT, x, xStart, ofOutput, outputStart, ofWeights, 0);
    } else {
      Objects.requireNonNull(places)
          .weightGradientWhole(x, xStart, ofOutput, outputStart, rows, ofWeights);
      places = null;
    }
  }

  void inputGradient(
      float[] weights, float[] ofOutput, int outputStart, float[] ofInput, int inputStart) {
    run(Kind.INPUT_GRADIENT, weights, 0, ofOutput, outputStart, ofInput, inputStart);
  }

  private void run(
      Kind newKind, float[] a, int aStart, float[] b, int bStart, float[] c, int cStart) {
    Convolution shared = Objects.requireNonNull(places);
    kind = newKind;
    left = a;
    leftStart = aStart;
    right = b;
    rightStart = bStart;
    result = c;
    resultStart = cStart;
    int parts = kind == Kind.WEIGHT_GRADIENT ? shared.kernelLines() : shared.parts(rows);
    try {
      SpareCores.shared().run(parts, this);
    } finally {
      places = null;
      left = NOTHING;
      right = NOTHING;
      result = NOTHING;
    }
  }

  @Override
  public void run(int part) {
    Convolution shared = Objects.requireNonNull(places);
    switch (kind) {
      case FORWARD -> shared.forwardPart(part, left, leftStart, right, result, resultStart, rows);
      case WEIGHT_GRADIENT ->
          shared.weightGradientPart(part, left, leftStart, right, rightStart, rows, result);
      case INPUT_GRADIENT ->
          shared.inputGradientPart(part, left, right, rightStart, rows, result, resultStart);
    }
  }
}
