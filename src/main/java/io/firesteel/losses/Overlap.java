package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How little labels and predictions overlap. With the overlap {@code I = sum(y p)}, Keras's {@code
 * Dice} is {@code 1 - 2 I / (sum(y) + sum(p) + 1e-7)}, and {@code Tversky} is {@code 1 - I / (I +
 * alpha sum(y (1 - p)) + beta sum((1 - y) p) + 1e-7)}.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels must be in [0, 1],
 * and the axes must be those of a row, so that each sample has a loss of its own; with Keras's
 * default, all axes, all rows of a batch make one number, whose gradient no shard of the rows knows
 * alone.
 */
final class Overlap extends SamplewiseLoss {

  private static final double EPSILON = 1e-7;
  private static final String ROWS_ARE_COUPLED =
      "axes of a row, e.g. -1, the last, or [1, 2, 3]: over all axes, the default, or the axis 0,"
          + " the rows of a batch are no sum of their losses";

  private final boolean dice;
  private final double alpha;
  private final double beta;
  private final @Nullable Object axis;
  private final List<Integer> axes;

  private Overlap(String name, boolean dice, ConfigReader arguments) {
    super(name, arguments);
    String owner = arguments.owner();
    this.dice = dice;
    this.alpha = dice ? 0.5 : Argument.finite(owner, "alpha", arguments.number("alpha", 0.5));
    this.beta = dice ? 0.5 : Argument.finite(owner, "beta", arguments.number("beta", 0.5));
    this.axis = arguments.any("axis");
    this.axes = LossAxes.several(arguments, ROWS_ARE_COUPLED);
  }

  static Overlap dice(ConfigReader arguments) {
    return new Overlap("dice", true, arguments);
  }

  static Overlap tversky(ConfigReader arguments) {
    return new Overlap("tversky", false, arguments);
  }

  @Override
  public String className() {
    return dice ? "Dice" : "Tversky";
  }

  @Override
  public Config getConfig() {
    Config.Builder config = super.getConfig().toBuilder();
    if (!dice) {
      config.put("alpha", alpha).put("beta", beta);
    }

    return config.put("axis", axis).build();
  }

  @Override
  public List<Integer> axes() {
    return axes;
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return Labels.unit(name(), labels, samples * predictionWidth);
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    double both = 0.0;
    double ofLabels = 0.0;
    double ofPredictions = 0.0;
    for (int j = 0; j < width; j++) {
      both += labels[labelStart + j] * predictions[start + j];
      ofLabels += labels[labelStart + j];
      ofPredictions += predictions[start + j];
    }

    double share = dice ? 2.0 : 1.0;
    double divisor =
        dice
            ? ofLabels + ofPredictions + EPSILON
            : both + alpha * (ofLabels - both) + beta * (ofPredictions - both) + EPSILON;
    for (int j = 0; gradient != null && j < width; j++) {
      double label = labels[labelStart + j];
      double ofDivisor = dice ? 1.0 : label - alpha * label + beta * (1.0 - label);
      double slope = (label * divisor - both * ofDivisor) / (divisor * divisor);
      gradient[start + j] = (float) (-share * slope);
    }

    return (float) (1.0 - share * both / divisor);
  }
}
