package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The best of one rate over the thresholds at which another rate is at least some value, 0 if there
 * are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
final class BestAtMetric extends Metric {

  private static final long THRESHOLDS = 200;

  /** A rate at a threshold. */
  @FunctionalInterface
  interface Rate {
    double at(Confusion confusion, int threshold);
  }

  /**
   * What a metric is.
   *
   * @param key the argument: the least value of the constrained rate, in [0, 1]
   */
  record Form(String className, String name, String key, Rate constrained, Rate dependent) {}

  static final List<Form> FORMS =
      List.of(
          new Form(
              "PrecisionAtRecall",
              "precision_at_recall",
              "recall",
              Confusion::recall,
              Confusion::precision),
          new Form(
              "RecallAtPrecision",
              "recall_at_precision",
              "precision",
              Confusion::precision,
              Confusion::recall),
          new Form(
              "SensitivityAtSpecificity",
              "sensitivity_at_specificity",
              "specificity",
              Confusion::specificity,
              Confusion::recall),
          new Form(
              "SpecificityAtSensitivity",
              "specificity_at_sensitivity",
              "sensitivity",
              Confusion::recall,
              Confusion::specificity));

  private final Form form;
  private final double value;
  private final int numThresholds;
  private final @Nullable Long classId;
  private final ThresholdSums sums;

  BestAtMetric(Form form, ConfigReader arguments) {
    super(form.name(), arguments);
    String owner = form.className();
    this.form = form;
    this.value = Argument.unit(owner, form.key(), arguments.number(form.key()));
    long count = arguments.integer("num_thresholds", THRESHOLDS);
    this.numThresholds = (int) Argument.integer(owner, "num_thresholds", 1, 1 << 20, count);
    Long index = arguments.nullableInteger("class_id", null);
    this.classId = index == null ? null : Argument.integer(owner, "class_id", 0, index);
    this.sums = ThresholdSums.evenly(numThresholds);
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  public boolean higherIsBetter() {
    return true;
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    return classId != null && classId >= width
        ? "%s looks at the class %d. Received: %d predictions a sample"
            .formatted(name(), classId, width)
        : super.checkWidths(labelWidth, width);
  }

  @Override
  public int stateSize() {
    return sums.size();
  }

  @Override
  public void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    for (int i = 0; i < samples * width; i++) {
      if (classId == null || classId == i % width) {
        double weight = weights == null ? 1.0 : weights[i / width];
        sums.add(labels[i], predictions[i], weight, state, offset);
      }
    }
  }

  @Override
  public double result(double[] state, int offset) {
    Confusion confusion = sums.confusion(state, offset);
    double best = 0.0;
    for (int i = 0; i < confusion.thresholds(); i++) {
      if (form.constrained().at(confusion, i) >= value) {
        best = Math.max(best, form.dependent().at(confusion, i));
      }
    }

    return best;
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("class_id", classId)
        .put("num_thresholds", numThresholds)
        .put(form.key(), value)
        .build();
  }
}
