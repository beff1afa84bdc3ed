package io.firesteel.ml;

import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatMath;
import java.io.Serializable;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a classifier's output is read: one value for two classes, or one a class, each a probability
 * or, with a loss {@code from_logits}, a logit.
 *
 * @param width the values of an output
 * @param logits whether they are logits
 */
record ClassOutput(int width, boolean logits) implements Serializable {

  private static final Set<String> SIGMOIDS = Set.of("sigmoid", "hard_sigmoid", "sparse_sigmoid");
  private static final String SOFTMAX = "softmax";

  /**
   * Finds out from the model's loss and its last layer.
   *
   * @param loss the loss, as {@code compile} takes it
   * @throws IllegalArgumentException if they give no probabilities of classes
   */
  static ClassOutput of(Config model, int width, Object loss) {
    String activation = LastLayer.activation(model);
    if (Boolean.TRUE.equals(Losses.get(loss).getConfig().get("from_logits"))) {
      if (!activation.equals("linear")) {
        throw refused(width, activation, "from_logits=true");
      }

      return new ClassOutput(width, true);
    }

    boolean probabilities = width == 1 ? SIGMOIDS.contains(activation) : activation.equals(SOFTMAX);
    if (!probabilities) {
      throw refused(width, activation, "from_logits=false");
    }

    return new ClassOutput(width, false);
  }

  private static IllegalArgumentException refused(int width, String activation, String logits) {
    return new IllegalArgumentException(
        "model: a classifier's last layer must give one value with the activation sigmoid or one a class with the activation softmax, or have no activation with a loss of from_logits=true. Received: %d value%s with the activation %s and a loss of %s"
            .formatted(width, width == 1 ? "" : "s", activation, logits));
  }

  /** Returns the number of classes. */
  int classes() {
    return Math.max(2, width);
  }

  /**
   * Returns what is kept as raw prediction, a value a class: the output itself; for one value, its
   * opposite before it ({@code 1 - p} or {@code -z}).
   */
  double[] raw(float[] output) {
    if (width == 1) {
      double value = output[0];
      return new double[] {logits ? -value : 1 - value, value};
    }

    double[] raw = new double[width];
    for (int i = 0; i < width; i++) {
      raw[i] = output[i];
    }

    return raw;
  }

  /** Turns a raw prediction into probabilities, in place. */
  void probabilities(double[] raw) {
    if (!logits) {
      return;
    }

    if (width == 1) {
      raw[1] = FloatMath.sigmoid((float) raw[1]);
      raw[0] = 1 - raw[1];
    } else {
      softmax(raw);
    }
  }

  private static void softmax(double[] values) {
    double most = Double.NEGATIVE_INFINITY;
    for (double value : values) {
      most = Math.max(most, value);
    }

    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = StrictMath.exp(values[i] - most);
      sum += values[i];
    }

    for (int i = 0; i < values.length; i++) {
      values[i] /= sum;
    }
  }

  /** Returns the loss that fits a last layer where none is named. */
  static String defaultLoss(Config model, int width) {
    String activation = LastLayer.activation(model);
    if (width == 1 && SIGMOIDS.contains(activation)) {
      return "binary_crossentropy";
    }

    if (width > 1 && activation.equals(SOFTMAX)) {
      return "sparse_categorical_crossentropy";
    }

    throw new IllegalArgumentException(
        "loss must be set for a model whose last layer has %d value%s and the activation %s"
            .formatted(width, width == 1 ? "" : "s", activation.toLowerCase(Locale.ROOT)));
  }

  /**
   * Returns the class of probabilities: the most probable one, or with thresholds the one whose
   * probability is the most times its threshold, as Spark ML's {@code thresholds} has it.
   */
  static int predicted(double[] probabilities, double @Nullable [] thresholds) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < probabilities.length; i++) {
      double scaled = thresholds == null ? probabilities[i] : probabilities[i] / thresholds[i];
      if (scaled > most) {
        most = scaled;
        best = i;
      }
    }

    return best;
  }
}
