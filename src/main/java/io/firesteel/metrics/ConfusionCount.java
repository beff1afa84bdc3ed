package io.firesteel.metrics;

import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.function.Function;

/**
 * The weight of the labels, positive or negative, whose predictions are, or are not, above a
 * threshold.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
final class ConfusionCount extends ConfusionMetric {

  /** Which of the four counts it is. */
  record Form(
      String className,
      String name,
      Function<Confusion, double[]> counts,
      boolean higherIsBetter) {}

  static final List<Form> FORMS =
      List.of(
          new Form("FalseNegatives", "false_negatives", Confusion::falseNegatives, false),
          new Form("FalsePositives", "false_positives", Confusion::falsePositives, false),
          new Form("TrueNegatives", "true_negatives", Confusion::trueNegatives, true),
          new Form("TruePositives", "true_positives", Confusion::truePositives, true));

  private final Form form;

  ConfusionCount(Form form, ConfigReader arguments) {
    super(form.name(), arguments, THRESHOLD);
    this.form = form;
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  public boolean higherIsBetter() {
    return form.higherIsBetter();
  }

  @Override
  double result(Confusion confusion, int threshold) {
    return form.counts().apply(confusion)[threshold];
  }
}
