package io.firesteel.losses;

import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A loss that is the mean, or the sum, over a sample's predictions of what is written down for one
 * of them, and Keras's losses of that kind without arguments of their own.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py.
 */
final class ElementwiseLoss extends SamplewiseLoss {

  /** A function of a label {@code y} and a prediction {@code p}. */
  @FunctionalInterface
  interface OfOne {
    float at(float y, float p);
  }

  /** A check of labels, which returns null or what is wrong with the first bad one. */
  @FunctionalInterface
  interface LabelCheck {
    @Nullable String of(String name, float[] labels, int size);
  }

  /**
   * What a loss is.
   *
   * @param value the loss of one prediction
   * @param slope its derivative by the prediction, which is JAX's where pieces meet
   */
  record Form(
      String className,
      String name,
      OfOne value,
      OfOne slope,
      LabelCheck labels,
      boolean mean,
      List<String> otherNames) {

    Form(
        String className,
        String name,
        OfOne value,
        OfOne slope,
        LabelCheck labels,
        String... otherNames) {
      this(className, name, value, slope, labels, true, List.of(otherNames));
    }

    Form summed() {
      return new Form(className, name, value, slope, labels, false, otherNames);
    }
  }

  private static final float EPSILON = (float) 1e-7;
  private static final float LOG_2 = (float) 0.6931471805599453;

  /* Stricter than Keras: what labels must be. */
  static final List<Form> FORMS =
      List.of(
          // |p - y|
          new Form(
              "MeanAbsoluteError",
              "mean_absolute_error",
              (y, p) -> Math.abs(p - y),
              (y, p) -> p - y > 0f ? 1f : -1f,
              Labels::finite,
              "mae",
              "MAE"),
          // 100 |y - p| / max(|y|, 1e-7): a label of 0 makes the loss huge
          new Form(
              "MeanAbsolutePercentageError",
              "mean_absolute_percentage_error",
              (y, p) -> 100f * Math.abs((y - p) / Math.max(Math.abs(y), EPSILON)),
              (y, p) -> (p > y ? 100f : -100f) / Math.max(Math.abs(y), EPSILON),
              Labels::finite,
              "mape",
              "MAPE"),
          // (log(max(p, 1e-7) + 1) - log(max(y, 1e-7) + 1))^2
          new Form(
              "MeanSquaredLogarithmicError",
              "mean_squared_logarithmic_error",
              (y, p) -> square(log1p(p) - log1p(y)),
              ElementwiseLoss::logarithmicSlope,
              Labels::nonNegative,
              "msle",
              "MSLE"),
          // log(cosh(e)) with e = p - y, as e + softplus(-2 e) - log(2)
          new Form(
              "LogCosh",
              "log_cosh",
              (y, p) -> (p - y) + FloatMath.softplus(-2f * (p - y)) - LOG_2,
              (y, p) -> FloatMath.tanh(p - y),
              Labels::finite),
          // p - y log(p + 1e-7), the negative log-likelihood of counts y with the mean p
          new Form(
              "Poisson",
              "poisson",
              (y, p) -> p - y * Probabilities.log(p + EPSILON),
              (y, p) -> 1f - y / (p + EPSILON),
              Labels::nonNegative),
          // The sum of y log(y / p), both cut to [1e-7, 1]
          new Form(
                  "KLDivergence",
                  "kl_divergence",
                  (y, p) -> share(y) * Probabilities.log(share(y) / share(p)),
                  (y, p) -> -share(y) / share(p) * Clip.slopeInside(p, EPSILON, 1f),
                  Labels::unit,
                  "kld",
                  "KLD")
              .summed(),
          // max(1 - y p, 0), the labels -1 and 1
          new Form(
              "Hinge",
              "hinge",
              ElementwiseLoss::margin,
              (y, p) -> -Labels.sign(y) * Clip.slopeAboveZero(1f - Labels.sign(y) * p),
              Labels::signs),
          // max(1 - y p, 0)^2, the labels -1 and 1
          new Form(
              "SquaredHinge",
              "squared_hinge",
              (y, p) -> square(margin(y, p)),
              (y, p) -> -2f * Labels.sign(y) * margin(y, p),
              Labels::signs));

  private final Form form;

  ElementwiseLoss(Form form, ConfigReader arguments) {
    super(form.name(), arguments);
    this.form = form;
  }

  @Override
  public String className() {
    return form.className();
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    return form.labels().of(name(), labels, samples * predictionWidth);
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    int divisor = form.mean() ? width : 1;
    double sum = 0.0;
    for (int j = 0; j < width; j++) {
      float label = labels[labelStart + j];
      float prediction = predictions[start + j];
      sum += form.value().at(label, prediction);
      if (gradient != null) {
        gradient[start + j] = form.slope().at(label, prediction) / divisor;
      }
    }

    return (float) (sum / divisor);
  }

  private static float square(float x) {
    return x * x;
  }

  private static float margin(float label, float prediction) {
    return Math.max(1f - Labels.sign(label) * prediction, 0f);
  }

  private static float share(float value) {
    return Math.min(Math.max(value, EPSILON), 1f);
  }

  private static float log1p(float value) {
    return Probabilities.log(Math.max(value, EPSILON) + 1f);
  }

  private static float logarithmicSlope(float label, float prediction) {
    float outer = 2f * (log1p(prediction) - log1p(label)) / (Math.max(prediction, EPSILON) + 1f);
    return outer * Clip.slopeAbove(prediction, EPSILON);
  }
}
