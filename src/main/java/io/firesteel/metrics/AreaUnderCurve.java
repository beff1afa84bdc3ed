package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import java.util.Arrays;
import java.util.Locale;

/**
 * The area under a curve through the points of all thresholds, from the lowest threshold to the
 * highest.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py; the interpolation of precision and
 * recall is that of <a href="https://minds.wisconsin.edu/handle/1793/60482">Davis and Goadrich,
 * 2006</a>.
 */
final class AreaUnderCurve {

  /** What is drawn against what. */
  enum Curve {
    /** The share of positives found against the share of negatives taken for positive. */
    ROC,
    /** Precision against recall. */
    PR,
    /** Precision gain against recall gain. */
    PRGAIN;

    static Curve of(String name) {
      return Arrays.stream(values())
          .filter(known -> known.name().equalsIgnoreCase(name))
          .findAny()
          .orElseThrow(() -> Argument.invalid("AUC", "curve", name, "one of ROC, PR, PRGAIN"));
    }
  }

  /** How high the curve is taken to be between two points. */
  enum Summation {
    INTERPOLATION,
    MINORING,
    MAJORING;

    static Summation of(String name) {
      return Arrays.stream(values())
          .filter(known -> known.name().equalsIgnoreCase(name))
          .findAny()
          .orElseThrow(
              () ->
                  Argument.invalid(
                      "AUC", "summation_method", name, "one of interpolation, minoring, majoring"));
    }

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private AreaUnderCurve() {}

  static double of(Confusion confusion, Curve curve, Summation summation) {
    if (curve == Curve.PR && summation == Summation.INTERPOLATION) {
      return interpolatedPrecisionRecall(confusion);
    }

    double area = 0.0;
    for (int i = 0; i + 1 < confusion.thresholds(); i++) {
      double left = y(confusion, curve, i);
      double right = y(confusion, curve, i + 1);
      double height =
          switch (summation) {
            case INTERPOLATION -> (left + right) / 2.0;
            case MINORING -> Math.min(left, right);
            case MAJORING -> Math.max(left, right);
          };
      area += (x(confusion, curve, i) - x(confusion, curve, i + 1)) * height;
    }

    return area;
  }

  private static double x(Confusion confusion, Curve curve, int i) {
    return switch (curve) {
      case ROC -> confusion.falsePositiveRate(i);
      case PR -> confusion.recall(i);
      case PRGAIN ->
          confusion.truePositives()[i] == 0.0
              ? 0.0
              : Math.max(gain(confusion, confusion.falseNegatives()[i], i), 0.0);
    };
  }

  private static double y(Confusion confusion, Curve curve, int i) {
    return switch (curve) {
      case ROC -> confusion.recall(i);
      case PR -> confusion.precision(i);
      case PRGAIN ->
          confusion.truePositives()[i] == 0.0
              ? 1.0
              : gain(confusion, confusion.falsePositives()[i], i);
    };
  }

  private static double gain(Confusion confusion, double wrong, int i) {
    double positives = confusion.truePositives()[i] + confusion.falseNegatives()[i];
    double negatives = confusion.trueNegatives()[i] + confusion.falsePositives()[i];
    return 1.0
        - Metric.ratio(positives, negatives) * Metric.ratio(wrong, confusion.truePositives()[i]);
  }

  private static double interpolatedPrecisionRecall(Confusion confusion) {
    double[] tp = confusion.truePositives();
    double area = 0.0;
    for (int i = 0; i + 1 < tp.length; i++) {
      double found = tp[i] - tp[i + 1];
      double answers = tp[i] + confusion.falsePositives()[i];
      double next = tp[i + 1] + confusion.falsePositives()[i + 1];
      double slope = Metric.ratio(found, Math.max(answers - next, 0.0));
      double intercept = tp[i + 1] - slope * next;
      double ratio = answers > 0.0 && next > 0.0 ? answers / next : 1.0;
      double positives = tp[i + 1] + confusion.falseNegatives()[i + 1];
      area += Metric.ratio(slope * (found + intercept * StrictMath.log(ratio)), positives);
    }

    return area;
  }
}
