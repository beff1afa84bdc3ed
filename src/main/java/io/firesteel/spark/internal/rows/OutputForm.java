package io.firesteel.spark.internal.rows;

import io.firesteel.internal.network.Network;
import io.firesteel.losses.Losses;
import io.firesteel.models.Model;
import io.firesteel.saving.Config;
import java.io.Serializable;

/**
 * What a model's output means, by its last layer and, if it is compiled, by its loss: classes with
 * probabilities or logits, one value, or several.
 *
 * @param kind what it means
 * @param width the number of values
 * @param logits whether the values of classes are logits
 */
public record OutputForm(Kind kind, int width, boolean logits) implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What an output means. */
  public enum Kind {
    /** Two classes, by the value of the second one. */
    BINARY,
    /** A value for each class. */
    CLASSES,
    /** One number. */
    VALUE,
    /** Several numbers. */
    VALUES
  }

  /** Finds out what a model's output means. */
  public static OutputForm of(Model model) {
    Network network = Network.of(model.spec());
    if (network.outputs().size() > 1) {
      return new OutputForm(Kind.VALUES, network.outputShape().size(), false);
    }

    int width = network.outputShape().size();
    boolean vector = network.outputShape().rank() <= 1;
    Config loss = model.isCompiled() ? Losses.serialize(network.loss()) : Config.empty();
    String name = String.valueOf(loss.get("class_name"));
    boolean logits =
        loss.get("config") instanceof Config arguments
            && Boolean.TRUE.equals(arguments.get("from_logits"));
    String activation = LastLayer.activation(Config.parse(model.toJson()));
    if (vector && width == 1 && (name.startsWith("Binary") || activation.equals("sigmoid"))) {
      return new OutputForm(Kind.BINARY, 1, logits);
    }

    if (vector && width > 1 && (name.contains("Categorical") || activation.equals("softmax"))) {
      return new OutputForm(Kind.CLASSES, width, logits);
    }

    return new OutputForm(width == 1 ? Kind.VALUE : Kind.VALUES, width, false);
  }

  /** Tells whether the output is of classes. */
  public boolean isClasses() {
    return kind == Kind.BINARY || kind == Kind.CLASSES;
  }

  /** Returns the number of classes. */
  public int classes() {
    return kind == Kind.BINARY ? 2 : width;
  }

  /** Returns the output of one row, a value for each class. */
  public double[] raw(float[] output, int from) {
    if (kind == Kind.BINARY) {
      double value = output[from];
      return new double[] {logits ? -value : 1 - value, value};
    }

    double[] raw = new double[width];
    for (int i = 0; i < width; i++) {
      raw[i] = output[from + i];
    }

    return raw;
  }

  /** Returns the probabilities of {@link #raw} values. */
  public double[] probabilities(double[] raw) {
    double[] values = raw.clone();
    if (!logits) {
      return values;
    }

    if (kind == Kind.BINARY) {
      values[1] = 1 / (1 + StrictMath.exp(-raw[1]));
      values[0] = 1 - values[1];
      return values;
    }

    double most = raw[best(raw)];
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      values[i] = StrictMath.exp(raw[i] - most);
      sum += values[i];
    }

    for (int i = 0; i < values.length; i++) {
      values[i] /= sum;
    }

    return values;
  }

  /** Returns the place of the greatest value, the first of several. */
  public static int best(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }

    return best;
  }
}
