package io.firesteel.metrics;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import org.jspecify.annotations.Nullable;

/**
 * The mean of a loss over samples: a loss of one's own by {@link #of}, or one of {@link LossMeans},
 * the metrics that Keras makes of its losses.
 *
 * <p>Samples that take no part in the loss (of the class {@code ignore_class}) have the value 0. As
 * in Keras, they are left out of the count if there are weights, and counted if there are none.
 *
 * <p>Source: Keras 3.15, keras/src/metrics/reduction_metrics.py. Differs from Keras: the function
 * is a loss.
 */
public final class MeanMetricWrapper extends MeanMetric {

  private final LossMeans.Form form;
  private final Loss loss;
  private final Config lossArguments;

  MeanMetricWrapper(LossMeans.Form form, ConfigReader arguments) {
    super(form.name(), arguments);
    this.form = form;
    if (form.read().contains("axis") && arguments.integer("axis", -1) != -1) {
      throw arguments.invalid("axis", "-1, the last axis");
    }

    this.loss = Losses.get(form.loss(), form.lossArguments(arguments).toMap());
    this.lossArguments = form.written(loss);
  }

  private MeanMetricWrapper(Loss loss, ConfigReader arguments) {
    super("mean_metric_wrapper", arguments);
    this.form = LossMeans.OWN;
    this.loss = loss;
    this.lossArguments = LossMeans.function(loss);
  }

  /**
   * Returns the mean of a loss, whose name and reduction play no part.
   *
   * @param name the name under which it is logged
   */
  public static MeanMetricWrapper of(String name, Loss loss) {
    return new MeanMetricWrapper(
        loss, Config.builder().put("name", name).build().reader("MeanMetricWrapper"));
  }

  /** Reads the function, a loss, with its arguments beside it. */
  static MeanMetricWrapper read(ConfigReader arguments) {
    return new MeanMetricWrapper(LossMeans.lossOf(arguments), arguments);
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder().putAll(lossArguments).build();
  }

  /* Keras computes the root mean squared error from differences, which have no mask. */
  @Override
  public boolean heedsMask() {
    return !className().equals("RootMeanSquaredError");
  }

  @Override
  public boolean higherIsBetter() {
    return form.higherIsBetter();
  }

  @Override
  public @Nullable String checkWidths(int labelWidth, int width) {
    return loss.labelWidth(width) == labelWidth
        ? null
        : "%s needs labels of width %d for predictions of width %d. Received: labels of width %d"
            .formatted(name(), loss.labelWidth(width), width, labelWidth);
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
    for (int i = 0; i < samples; i++) {
      float value = loss.value(labels, i * labelWidth, predictions, i * width, width);
      add(value, weight(labels, i, weights), state, offset);
    }
  }

  /* Keras masks the samples that take no part if there are weights, and only then. */
  private double weight(float[] labels, int sample, float @Nullable [] weights) {
    if (weights == null) {
      return 1.0;
    }

    return loss.takesPart(labels, sample) ? weights[sample] : 0.0;
  }

  @Override
  public double result(double[] state, int offset) {
    return form.result().applyAsDouble(super.result(state, offset));
  }
}
