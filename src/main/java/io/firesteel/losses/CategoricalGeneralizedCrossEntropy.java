package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The loss {@code (1 - p^q) / q} of the probability {@code p} that is given to the label, a class
 * index: near {@code q = 0} the crossentropy, near 1 the absolute error, which wrong labels disturb
 * less. The gradient is {@code -p^(q - 1)} at the label's class and 0 elsewhere.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1805.07836">Zhang and Sabuncu, 2018</a>.
 *
 * <p>Source: Keras 3.15, keras/src/losses/losses.py. Stricter than Keras: labels that are no class
 * index are refused; Keras gives them the loss {@code 1 / q}.
 */
final class CategoricalGeneralizedCrossEntropy extends SamplewiseLoss {

  private final double q;

  CategoricalGeneralizedCrossEntropy(ConfigReader arguments) {
    super("categorical_generalized_cross_entropy", arguments);
    this.q = Argument.insideUnit(arguments.owner(), "q", arguments.number("q", 0.5));
  }

  @Override
  public Config getConfig() {
    return super.getConfig().with("q", q);
  }

  @Override
  public int labelWidth(int predictionWidth) {
    return 1;
  }

  @Override
  public @Nullable String checkLabels(float[] labels, int samples, int predictionWidth) {
    for (int i = 0; i < samples; i++) {
      if (!Labels.isClass(labels[i], predictionWidth)) {
        return Labels.noClass(name(), labels[i], predictionWidth);
      }
    }

    return null;
  }

  @Override
  float sample(
      float[] labels,
      int labelStart,
      float[] predictions,
      int start,
      int width,
      float @Nullable [] gradient) {
    float label = labels[labelStart];
    if (!Labels.isClass(label, width)) {
      throw new IllegalArgumentException(Labels.noClass(name(), label, width));
    }

    float p = predictions[start + (int) label];
    if (gradient != null) {
      Arrays.fill(gradient, start, start + width, 0f);
      gradient[start + (int) label] = (float) -StrictMath.pow(p, q - 1.0);
    }

    return (float) ((1.0 - StrictMath.pow(p, q)) / q);
  }
}
