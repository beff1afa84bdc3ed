package io.firesteel.activations;

import static java.lang.Math.abs;
import static java.lang.Math.max;
import static java.lang.Math.min;
import static java.lang.Math.sqrt;

import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.FloatOps;
import java.util.List;

/**
 * A function of each value alone, and Keras's functions of that kind without arguments: their
 * names, {@code y} of {@code x}, and the derivative from {@code x} and {@code y}. Those that most
 * networks use have loops of their own, in {@link CommonActivations}.
 *
 * <p>Source: Keras 3.15, keras/src/activations/activations.py.
 */
final class Elementwise extends ActivationFunction {

  /** The function. */
  @FunctionalInterface
  interface Value {
    float at(float x);
  }

  /** Its derivative, from the argument and the result. */
  @FunctionalInterface
  interface Slope {
    float at(float x, float y);
  }

  private static final float LEAK = 0.2f;
  private static final float SELU_ALPHA = (float) 1.6732632423543772;
  private static final float SELU_SCALE = (float) 1.0507009873554805;

  /* The density of the standard normal distribution at 0, 1 / sqrt(2 pi). */
  private static final float DENSITY_AT_0 = (float) 0.3989422804014327;

  /* Where pieces meet, the derivative is JAX's. */
  static final List<Elementwise> ALL =
      List.of(
          // min(max(x, 0), 6)
          of("Relu6", x -> min(max(x, 0f), 6f), (x, y) -> x > 0f && x < 6f ? 1f : 0f),
          // x for x >= 0, else 0.2 x
          of("LeakyRelu", x -> x >= 0f ? x : LEAK * x, (x, y) -> x >= 0f ? 1f : LEAK),
          // x for x > 0, else exp(x) - 1
          of("Elu", x -> x > 0f ? x : FloatMath.expm1(x), (x, y) -> x > 0f ? 1f : y + 1f),
          // max(x, 0) + exp(min(x, 0)) - 1
          of(
              "Celu",
              x -> x > 0f ? x : FloatMath.expm1(x),
              (x, y) -> x > 0f ? 1f : FloatMath.exp(x)),
          // scale x for x > 0, else scale alpha (exp(x) - 1), scale 1.0507 and alpha 1.6733
          of(
              "Selu",
              x -> x > 0f ? SELU_SCALE * x : SELU_SCALE * (SELU_ALPHA * FloatMath.expm1(x)),
              (x, y) -> x > 0f ? SELU_SCALE : SELU_SCALE * (SELU_ALPHA * FloatMath.exp(x))),
          // x P(X <= x) for a standard normal X, without approximation
          of(
              "Gelu",
              x -> x * FloatMath.normalCdf(x),
              (x, y) -> FloatMath.normalCdf(x) + x * (DENSITY_AT_0 * FloatMath.exp(-0.5f * x * x))),
          // x / (1 + exp(-x)), also called swish
          of("Silu", x -> x * FloatMath.sigmoid(x), (x, y) -> siluSlope(x)),
          // x min(max(x + 3, 0), 6) / 6, also called hard swish
          of("HardSilu", x -> x * (min(max(x + 3f, 0f), 6f) / 6f), (x, y) -> hardSiluSlope(x)),
          // x tanh(softplus(x))
          of("Mish", x -> x * FloatMath.tanh(FloatMath.softplus(x)), (x, y) -> mishSlope(x)),
          // log(1 + exp(x))
          of("Softplus", FloatMath::softplus, (x, y) -> FloatMath.sigmoid(x)),
          // (x + sqrt(x² + 4)) / 2
          of(
              "Squareplus",
              x -> 0.5f * (x + (float) sqrt((double) x * x + 4.0)),
              (x, y) -> 0.5f * (1f + (float) (x / sqrt((double) x * x + 4.0)))),
          // 0 for x <= -1, x for x >= 1, else (x + 1)² / 4
          of("SparsePlus", Elementwise::sparsePlus, (x, y) -> sparsePlusSlope(x)),
          // min(max(x + 3, 0), 6) / 6
          of(
              "HardSigmoid",
              x -> min(max(x + 3f, 0f), 6f) / 6f,
              (x, y) -> x > -3f && x < 3f ? 1f / 6f : 0f),
          // 0 for x <= -1, 1 for x >= 1, else (x + 1) / 2
          of(
              "SparseSigmoid",
              x -> 0.5f * min(max(x + 1f, 0f), 2f),
              (x, y) -> abs(x) == 1f ? 0.25f : abs(x) < 1f ? 0.5f : 0f),
          // -log(1 + exp(-x))
          of("LogSigmoid", x -> -FloatMath.softplus(-x), (x, y) -> FloatMath.sigmoid(-x)),
          // min(max(x, -1), 1)
          of("HardTanh", x -> min(max(x, -1f), 1f), (x, y) -> x >= -1f && x <= 1f ? 1f : 0f),
          // x - tanh(x)
          of("TanhShrink", x -> x - FloatMath.tanh(x), (x, y) -> tanhShrinkSlope(x)),
          // x - 0.5 for x > 0.5, x + 0.5 for x < -0.5, else 0
          of(
              "SoftShrink",
              x -> x > 0.5f ? x - 0.5f : x < -0.5f ? x + 0.5f : 0f,
              (x, y) -> x > 0.5f || x < -0.5f ? 1f : 0f),
          // x for |x| > 0.5, else 0
          of("HardShrink", x -> abs(x) > 0.5f ? x : 0f, (x, y) -> abs(x) > 0.5f ? 1f : 0f),
          // x / (1 + |x|)
          of("Softsign", x -> x / (1f + abs(x)), (x, y) -> softsignSlope(x)),
          // exp(x)
          of("Exponential", FloatMath::exp, (x, y) -> y));

  private final String className;
  private final Value value;
  private final Slope slope;

  private Elementwise(String className, Value value, Slope slope) {
    this.className = className;
    this.value = value;
    this.slope = slope;
  }

  private static Elementwise of(String className, Value value, Slope slope) {
    return new Elementwise(className, value, slope);
  }

  @Override
  public String className() {
    return className;
  }

  @Override
  public void call(float[] x, float[] y, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      y[i] = value.at(x[i]);
    }
  }

  @Override
  public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
    int n = vectors * width;
    for (int i = 0; i < n; i++) {
      gradient[i] *= slope.at(x[i], y[i]);
    }

    FloatOps.flush(gradient, 0, n);
  }

  @Override
  public boolean needsInput() {
    return true;
  }

  private static float siluSlope(float x) {
    float s = FloatMath.sigmoid(x);
    return s * (1f + x * (1f - s));
  }

  private static float hardSiluSlope(float x) {
    if (x <= -3f) {
      return 0f;
    }

    return x >= 3f ? 1f : (x + 3f) / 6f + x / 6f;
  }

  private static float mishSlope(float x) {
    float t = FloatMath.tanh(FloatMath.softplus(x));
    return t + x * (1f - t * t) * FloatMath.sigmoid(x);
  }

  private static float sparsePlus(float x) {
    if (x <= -1f) {
      return 0f;
    }

    return x >= 1f ? x : 0.25f * ((x + 1f) * (x + 1f));
  }

  private static float sparsePlusSlope(float x) {
    if (x <= -1f) {
      return 0f;
    }

    return x >= 1f ? 1f : 0.5f * (x + 1f);
  }

  private static float tanhShrinkSlope(float x) {
    float t = FloatMath.tanh(x);
    return t * t;
  }

  private static float softsignSlope(float x) {
    float d = 1f + abs(x);
    return 1f / (d * d);
  }
}
