package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/**
 * The mean over samples of the correlation of labels and predictions along the last axis: Keras's
 * {@code PearsonCorrelation} and {@code ConcordanceCorrelation}. With means {@code m}, variances
 * {@code v} and the covariance {@code c}, the first is {@code c / sqrt(v_y v_p)}, the second {@code
 * 2 c / (v_y + v_p + (m_y - m_p)^2 + 1e-7)}. As in Keras, the first is NaN where labels or
 * predictions don't vary.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/correlation_metrics.py. Stricter than Keras: every axis
 * but the last is refused.
 */
final class Correlation extends SamplewiseMetric {

  private static final double EPSILON = 1e-7;

  private final boolean concordance;

  private Correlation(String name, boolean concordance, ConfigReader arguments) {
    super(name, arguments);
    this.concordance = concordance;
    long axis = arguments.integer("axis", -1);
    Argument.require(arguments.owner(), "axis", axis, axis == -1, "-1, the last axis");
  }

  static Correlation pearson(ConfigReader arguments) {
    return new Correlation("pearson_correlation", false, arguments);
  }

  static Correlation concordance(ConfigReader arguments) {
    return new Correlation("concordance_correlation", true, arguments);
  }

  @Override
  public String className() {
    return concordance ? "ConcordanceCorrelation" : "PearsonCorrelation";
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("axis", -1);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    double ofLabels = mean(labels, labelStart, width);
    double ofPredictions = mean(predictions, start, width);
    double covariance = 0.0;
    double variance = 0.0;
    double predicted = 0.0;
    for (int j = 0; j < width; j++) {
      double label = labels[labelStart + j] - ofLabels;
      double prediction = predictions[start + j] - ofPredictions;
      covariance += label * prediction / width;
      variance += label * label / width;
      predicted += prediction * prediction / width;
    }

    double apart = ofLabels - ofPredictions;
    return concordance
        ? 2.0 * covariance / (variance + predicted + apart * apart + EPSILON)
        : covariance / (Math.sqrt(variance) * Math.sqrt(predicted));
  }

  private static double mean(float[] values, int start, int width) {
    double sum = 0.0;
    for (int j = start; j < start + width; j++) {
      sum += values[j];
    }

    return sum / width;
  }
}
