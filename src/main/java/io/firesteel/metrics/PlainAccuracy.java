package io.firesteel.metrics;

import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The accuracies without arguments of their own.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/accuracy_metrics.py.
 */
final class PlainAccuracy extends SamplewiseMetric {

  /** The value of one sample. */
  @FunctionalInterface
  interface OfSample {
    double at(
        float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width);
  }

  /** A check of widths, null if they fit. */
  @FunctionalInterface
  interface WidthCheck {
    @Nullable String of(Metric metric, int labelWidth, int width);
  }

  /** What an accuracy is. */
  record Form(String className, String name, OfSample value, WidthCheck widths) {}

  static final List<Form> FORMS =
      List.of(
          // The share of predictions that equal their labels
          new Form("Accuracy", "accuracy", PlainAccuracy::equal, Classes::checkEqual),
          // The share of samples whose largest prediction is where their largest label is; of
          // equals the first counts
          new Form(
              "CategoricalAccuracy",
              "categorical_accuracy",
              (labels, labelStart, labelWidth, predictions, start, width) ->
                  Classes.argmax(labels, labelStart, labelWidth)
                          == Classes.argmax(predictions, start, width)
                      ? 1.0
                      : 0.0,
              Classes::checkScores),
          // The share of samples whose largest prediction is where the label, a class index, says
          new Form(
              "SparseCategoricalAccuracy",
              "sparse_categorical_accuracy",
              (labels, labelStart, labelWidth, predictions, start, width) ->
                  labels[labelStart] == Classes.argmax(predictions, start, width) ? 1.0 : 0.0,
              Classes::checkIndices));

  private final Form form;

  PlainAccuracy(Form form, ConfigReader arguments) {
    super(form.name(), arguments);
    this.form = form;
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    return form.widths().of(this, labelWidth, width);
  }

  @Override
  double value(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    return form.value().at(labels, labelStart, labelWidth, predictions, start, width);
  }

  private static double equal(
      float[] labels, int labelStart, int labelWidth, float[] predictions, int start, int width) {
    int matches = 0;
    for (int j = 0; j < width; j++) {
      matches += predictions[start + j] == labels[labelStart + j] ? 1 : 0;
    }

    return (double) matches / width;
  }
}
