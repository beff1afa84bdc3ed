package io.firesteel.ml;

import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import io.firesteel.spark.internal.rows.LastLayer;
import io.firesteel.spark.internal.rows.OutputForm;
import org.apache.spark.ml.classification.ProbabilisticClassifierParams;

/** Which models are classifiers: what their last layer and their loss must be. */
final class ClassOutput {

  private static final String SIGMOID = "sigmoid";
  private static final String SOFTMAX = "softmax";

  private ClassOutput() {}

  /**
   * Returns how the output of a compiled model is read.
   *
   * @throws IllegalArgumentException if its loss and its last layer give no probabilities of
   *     classes
   */
  static OutputForm of(Model model) {
    OutputForm form = OutputForm.of(model);
    int width = form.width();
    String activation = LastLayer.activation(Config.parse(model.toJson()));
    boolean logits = form.logits();
    String needed = logits ? "linear" : width == 1 ? SIGMOID : SOFTMAX;
    if (!activation.equals(needed) || !form.isClasses()) {
      throw refused(width, activation, "from_logits=" + logits);
    }

    return form;
  }

  private static IllegalArgumentException refused(int width, String activation, String logits) {
    return new IllegalArgumentException(
        "model: a classifier's last layer must give one value with the activation sigmoid or one a class with the activation softmax, or have no activation with a loss of from_logits=true. Received: %d value%s with the activation %s and a loss of %s"
            .formatted(width, width == 1 ? "" : "s", activation, logits));
  }

  /**
   * Checks the thresholds of the classes.
   *
   * @throws IllegalArgumentException if there are some, but not one a class
   */
  static void requireThresholds(ProbabilisticClassifierParams stage, int classes) {
    int given = stage.isDefined(stage.thresholds()) ? stage.getThresholds().length : classes;
    if (given != classes) {
      throw new IllegalArgumentException(
          "thresholds must have a value a class, %d. Received: %d".formatted(classes, given));
    }
  }

  /** Returns the loss that fits a last layer where none is named. */
  static String defaultLoss(Config model, int width) {
    String activation = LastLayer.activation(model);
    if (width == 1 && activation.equals(SIGMOID)) {
      return "binary_crossentropy";
    }

    if (width > 1 && activation.equals(SOFTMAX)) {
      return "sparse_categorical_crossentropy";
    }

    throw new IllegalArgumentException(
        "loss must be set for a model whose last layer has %d value%s and the activation %s"
            .formatted(width, width == 1 ? "" : "s", activation));
  }
}
