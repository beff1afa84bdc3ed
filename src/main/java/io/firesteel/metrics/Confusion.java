package io.firesteel.metrics;

/** The weights of right and wrong answers, one value a threshold. */
record Confusion(
    double[] truePositives,
    double[] falsePositives,
    double[] trueNegatives,
    double[] falseNegatives) {

  int thresholds() {
    return truePositives.length;
  }

  /** The share of positive labels that are found. */
  double recall(int i) {
    return Metric.ratio(truePositives[i], truePositives[i] + falseNegatives[i]);
  }

  /** The share of positive answers that are right. */
  double precision(int i) {
    return Metric.ratio(truePositives[i], truePositives[i] + falsePositives[i]);
  }

  /** The share of negative labels that are found. */
  double specificity(int i) {
    return Metric.ratio(trueNegatives[i], trueNegatives[i] + falsePositives[i]);
  }

  /** The share of negative labels that are taken for positive. */
  double falsePositiveRate(int i) {
    return Metric.ratio(falsePositives[i], falsePositives[i] + trueNegatives[i]);
  }
}
