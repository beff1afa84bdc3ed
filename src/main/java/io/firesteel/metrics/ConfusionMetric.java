package io.firesteel.metrics;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A number made of the counts of right and wrong answers at a threshold, above which a prediction
 * counts as positive, or one for each of several thresholds. A label counts as positive unless it
 * is 0. All predictions of a sample count, each with the sample's weight.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/confusion_metrics.py.
 */
abstract class ConfusionMetric extends Metric {

  static final double THRESHOLD = 0.5;

  private final @Nullable Object given;
  private final int[] places;
  private final ThresholdSums sums;

  /**
   * Reads the thresholds.
   *
   * @param absent the threshold if none is given
   */
  ConfusionMetric(String name, ConfigReader arguments, double absent) {
    super(name, arguments);
    this.given = arguments.any("thresholds");
    double[] thresholds = given == null ? new double[] {absent} : thresholds(arguments);
    double[] rising = Arrays.stream(thresholds).sorted().toArray();
    this.places = Arrays.stream(thresholds).mapToInt(t -> place(rising, t)).toArray();
    this.sums = ThresholdSums.of(rising);
  }

  private static double[] thresholds(ConfigReader arguments) {
    List<Double> values =
        arguments.any("thresholds") instanceof List<?>
            ? arguments.numbers("thresholds")
            : List.of(arguments.number("thresholds"));
    Argument.require(arguments.owner(), "thresholds", values, !values.isEmpty(), "one or more");
    values.forEach(value -> Argument.unit(arguments.owner(), "thresholds", value));
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static int place(double[] rising, double threshold) {
    int place = 0;
    while (rising[place] != threshold) {
      place++;
    }

    return place;
  }

  /** Returns the metric of the counts at one of the thresholds. */
  abstract double result(Confusion confusion, int threshold);

  /** Tells whether a prediction takes part. */
  boolean counts(int index) {
    return true;
  }

  /** Returns the prediction as it is compared with the threshold. */
  float score(float[] predictions, int start, int width, int index) {
    return predictions[start + index];
  }

  @Override
  public final int stateSize() {
    return sums.size();
  }

  @Override
  public final void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset) {
    for (int i = 0; i < samples; i++) {
      double weight = weights == null ? 1.0 : weights[i];
      for (int j = 0; j < width; j++) {
        if (counts(j)) {
          float score = score(predictions, i * width, width, j);
          sums.add(labels[i * width + j], score, weight, state, offset);
        }
      }
    }
  }

  @Override
  public final int resultSize() {
    return places.length;
  }

  @Override
  public final double result(double[] state, int offset) {
    return result(state, offset, 0);
  }

  @Override
  public final double result(double[] state, int offset, int index) {
    return result(sums.confusion(state, offset), places[index]);
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("thresholds", given);
  }
}
