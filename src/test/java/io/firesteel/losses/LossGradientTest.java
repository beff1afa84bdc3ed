package io.firesteel.losses;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.RandomStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses against their formulas in double, and gradients against central differences of these. */
class LossGradientTest {

  /** The loss of one sample, in double. */
  private interface Formula {
    double at(double[] labels, double[] predictions);
  }

  /**
   * A loss and its formula.
   *
   * @param spread how far predictions lie apart
   * @param shift added to every prediction
   */
  private record Case(Loss loss, Formula formula, double spread, double shift) {
    @Override
    public String toString() {
      return Losses.serialize(loss).toJson();
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(Losses.get("mse"), (y, p) -> mean(y, p, (a, b) -> (a - b) * (a - b)), 3, 0),
        new Case(Losses.get("mae"), (y, p) -> mean(y, p, (a, b) -> Math.abs(a - b)), 3, 0),
        new Case(Losses.get("huber"), (y, p) -> mean(y, p, (a, b) -> huber(b - a, 1.0)), 4, -1),
        new Case(
            Huber.builder().delta(0.25).build(),
            (y, p) -> mean(y, p, (a, b) -> huber(b - a, 0.25)),
            2,
            -1),
        new Case(Losses.get("bce"), (y, p) -> mean(y, p, LossGradientTest::binary), 0.98, 0.01),
        new Case(
            BinaryCrossentropy.builder().labelSmoothing(0.2).build(),
            (y, p) -> mean(y, p, (a, b) -> binary(a * 0.8 + 0.1, b)),
            0.98,
            0.01),
        new Case(
            BinaryCrossentropy.builder().fromLogits().build(),
            (y, p) -> mean(y, p, (a, b) -> binary(a, sigmoid(b))),
            12,
            -6),
        new Case(
            BinaryCrossentropy.builder().fromLogits().labelSmoothing(1.0).build(),
            (y, p) -> mean(y, p, (a, b) -> binary(0.5, sigmoid(b))),
            12,
            -6),
        new Case(
            Losses.get("categorical_crossentropy"),
            (y, p) -> categorical(y, shares(p), 0),
            0.98,
            0.01),
        new Case(
            CategoricalCrossentropy.builder().labelSmoothing(0.2).build(),
            (y, p) -> categorical(y, shares(p), 0.2),
            0.98,
            0.01),
        new Case(
            CategoricalCrossentropy.builder().fromLogits().build(),
            (y, p) -> categorical(y, softmax(p), 0),
            8,
            -4),
        new Case(
            CategoricalCrossentropy.builder().fromLogits().labelSmoothing(0.3).build(),
            (y, p) -> categorical(y, softmax(p), 0.3),
            8,
            -4),
        new Case(
            Losses.get("sparse_categorical_crossentropy"),
            (y, p) -> -Math.log(shares(p)[(int) y[0]]),
            0.98,
            0.01),
        new Case(
            SparseCategoricalCrossentropy.builder().fromLogits().build(),
            (y, p) -> -Math.log(softmax(p)[(int) y[0]]),
            8,
            -4),
        new Case(
            SparseCategoricalCrossentropy.builder().fromLogits().ignoreClass(2L).build(),
            (y, p) -> y[0] == 2 ? 0 : -Math.log(softmax(p)[(int) y[0]]),
            8,
            -4),
        new Case(
            Losses.get("log_cosh"),
            (y, p) -> mean(y, p, (a, b) -> Math.log(Math.cosh(b - a))),
            6,
            -3),
        new Case(
            Losses.get("poisson"),
            (y, p) -> mean(y, p, (a, b) -> b - a * Math.log(b + 1e-7)),
            3,
            0.1),
        new Case(
            Losses.get("msle"),
            (y, p) ->
                mean(y, p, (a, b) -> Math.pow(Math.log1p(b) - Math.log1p(Math.max(a, 1e-7)), 2)),
            3,
            0.01),
        new Case(Losses.get("kld"), LossGradientTest::divergence, 0.98, 0.01),
        new Case(Losses.get("cosine_similarity"), (y, p) -> -cosine(y, p), 6, -3),
        new Case(Losses.get("categorical_hinge"), LossGradientTest::categoricalHinge, 6, -3),
        new Case(
            Losses.get("binary_focal_crossentropy"),
            (y, p) -> mean(y, p, (a, b) -> focal(a, b, 2)),
            0.98,
            0.01),
        new Case(
            BinaryFocalCrossentropy.builder()
                .fromLogits()
                .labelSmoothing(0.2)
                .applyClassBalancing()
                .alpha(0.7)
                .gamma(1.5)
                .build(),
            (y, p) ->
                mean(
                    y, p, (a, b) -> balance(a * 0.8 + 0.1) * focal(a * 0.8 + 0.1, sigmoid(b), 1.5)),
            8,
            -4),
        new Case(
            CategoricalFocalCrossentropy.builder().labelSmoothing(0.2).build(),
            (y, p) -> categoricalFocal(y, shares(p), 0.2, 2),
            0.98,
            0.01),
        new Case(
            CategoricalFocalCrossentropy.builder().fromLogits().gamma(0.5).build(),
            (y, p) -> categoricalFocal(y, softmax(p), 0, 0.5),
            8,
            -4));
  }

  private static double divergence(double[] labels, double[] predictions) {
    double sum = 0.0;
    for (int j = 0; j < labels.length; j++) {
      double label = Math.max(labels[j], 1e-7);
      sum += label * Math.log(label / predictions[j]);
    }

    return sum;
  }

  private static double cosine(double[] a, double[] b) {
    double ab = 0.0;
    double aa = 0.0;
    double bb = 0.0;
    for (int j = 0; j < a.length; j++) {
      ab += a[j] * b[j];
      aa += a[j] * a[j];
      bb += b[j] * b[j];
    }

    return ab / Math.sqrt(aa * bb);
  }

  private static double categoricalHinge(double[] labels, double[] predictions) {
    double positive = 0.0;
    double negative = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < labels.length; j++) {
      positive += labels[j] * predictions[j];
      negative = Math.max(negative, (1 - labels[j]) * predictions[j]);
    }

    return Math.max(negative - positive + 1, 0);
  }

  private static double focal(double label, double p, double gamma) {
    return Math.pow(1 - (label * p + (1 - label) * (1 - p)), gamma) * binary(label, p);
  }

  private static double balance(double label) {
    return label * 0.7 + (1 - label) * 0.3;
  }

  private static double categoricalFocal(double[] labels, double[] p, double smoothing, double g) {
    double sum = 0.0;
    for (int j = 0; j < p.length; j++) {
      double label = labels[j] * (1 - smoothing) + smoothing / p.length;
      sum -= 0.25 * Math.pow(1 - p[j], g) * label * Math.log(p[j]);
    }

    return sum;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void lossAndGradientAreThoseOfTheFormula(Case tested) {
    RandomStream random = RandomStream.of(3);
    for (int trial = 0; trial < 200; trial++) {
      int width = 3 + random.nextInt(4);
      check(tested, labels(tested.loss(), width, random), predictions(tested, width, random));
    }
  }

  private static void check(Case tested, float[] labels, float[] predictions) {
    float[] losses = new float[1];
    float[] gradient = new float[predictions.length];
    tested.loss().call(labels, predictions, 1, predictions.length, losses, gradient);
    double[] y = widen(labels);
    double[] p = widen(predictions);
    double expected = tested.formula().at(y, p);
    assertEquals(expected, losses[0], 2e-6 * Math.max(1.0, Math.abs(expected)));
    for (int j = 0; j < p.length; j++) {
      double slope = slope(tested.formula(), y, p, j);
      assertEquals(slope, gradient[j], 2e-5 * Math.max(1.0, Math.abs(slope)));
    }
  }

  private static double slope(Formula formula, double[] y, double[] p, int j) {
    double step = 1e-6;
    double[] up = p.clone();
    double[] down = p.clone();
    up[j] += step;
    down[j] -= step;
    return (formula.at(y, up) - formula.at(y, down)) / (up[j] - down[j]);
  }

  private static float[] labels(Loss loss, int width, RandomStream random) {
    if (loss.labelWidth(width) == 1) {
      return new float[] {random.nextInt(width)};
    }

    float[] labels = new float[width];
    if (random.nextInt(2) == 0) {
      labels[random.nextInt(width)] = 1f;
      return labels;
    }

    for (int j = 0; j < width; j++) {
      labels[j] = random.nextFloat();
    }

    return labels;
  }

  private static float[] predictions(Case tested, int width, RandomStream random) {
    float[] predictions = new float[width];
    for (int j = 0; j < width; j++) {
      predictions[j] = (float) (random.nextDouble() * tested.spread() + tested.shift());
    }

    return predictions;
  }

  private interface Term {
    double at(double label, double prediction);
  }

  private static double mean(double[] labels, double[] predictions, Term term) {
    double sum = 0.0;
    for (int j = 0; j < labels.length; j++) {
      sum += term.at(labels[j], predictions[j]);
    }

    return sum / labels.length;
  }

  private static double huber(double error, double delta) {
    double size = Math.abs(error);
    return size <= delta ? error * error / 2 : delta * (size - delta / 2);
  }

  private static double binary(double label, double p) {
    return -label * Math.log(p) - (1 - label) * Math.log1p(-p);
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double categorical(double[] labels, double[] p, double smoothing) {
    double sum = 0.0;
    for (int j = 0; j < p.length; j++) {
      sum -= (labels[j] * (1 - smoothing) + smoothing / p.length) * Math.log(p[j]);
    }

    return sum;
  }

  private static double[] shares(double[] values) {
    double sum = 0.0;
    for (double value : values) {
      sum += value;
    }

    double[] shares = values.clone();
    for (int j = 0; j < shares.length; j++) {
      shares[j] /= sum;
    }

    return shares;
  }

  private static double[] softmax(double[] logits) {
    double[] values = logits.clone();
    for (int j = 0; j < values.length; j++) {
      values[j] = Math.exp(values[j]);
    }

    return shares(values);
  }

  private static double[] widen(float[] values) {
    double[] wide = new double[values.length];
    for (int j = 0; j < wide.length; j++) {
      wide[j] = values[j];
    }

    return wide;
  }
}
