package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each vector along some axes with mean 0 and variance 1: y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta (Ba, Kiros and Hinton 2016; Keras 3.15,
 * keras/src/layers/normalization/layer_normalization.py).
 *
 * <p>With {@code rms_scaling} it is y = gamma x / sqrt(variance + epsilon), the variance being that
 * around the mean, as in Keras.
 *
 * <p>Differs from Keras: the batch is none of the axes.
 */
public final class LayerNormalization extends AffineLayer<LayerNormalization> {

  private static final String NAME = "LayerNormalization";

  private final Axes axes;
  private final double epsilon;
  private final boolean rmsScaling;
  private final LastShape<AxisVectors> plans;

  private LayerNormalization(
      Axes axes, double epsilon, boolean rmsScaling, Affine affine, LayerOptions options) {
    super(affine, options);
    this.axes = axes;
    this.plans = new LastShape<>(input -> axes.vectors(NAME, input));
    this.epsilon = Argument.nonNegative(NAME, "epsilon", epsilon);
    this.rmsScaling = rmsScaling;
  }

  /** Returns the layer for the last axis, with epsilon 0.001, beta and gamma. */
  public static LayerNormalization of() {
    return new LayerNormalization(Axes.of(-1), 1e-3, false, Affine.DEFAULT, LayerOptions.DEFAULT);
  }

  /** Returns this layer for an axis or several, of which 0 is the batch. */
  public LayerNormalization axis(int... values) {
    Axes given =
        values.length == 1
            ? Axes.of(values[0])
            : Axes.of(NAME, Arrays.stream(values).boxed().toList());
    return new LayerNormalization(given, epsilon, rmsScaling, affine(), options());
  }

  /** Returns this layer with a number, at least 0, that is added to the variance. */
  public LayerNormalization epsilon(double value) {
    return new LayerNormalization(axes, value, rmsScaling, affine(), options());
  }

  /** Returns this layer with Keras's {@code rms_scaling} or without; then it has no beta. */
  public LayerNormalization rmsScaling(boolean value) {
    return new LayerNormalization(axes, epsilon, value, affine(), options());
  }

  static LayerNormalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    LayerNormalization layer =
        new LayerNormalization(
            Axes.read(NAME, reader),
            reader.number("epsilon", 1e-3),
            reader.bool("rms_scaling", false),
            Affine.read(reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected LayerNormalization with(LayerOptions newOptions) {
    return new LayerNormalization(axes, epsilon, rmsScaling, affine(), newOptions);
  }

  @Override
  LayerNormalization with(Affine newAffine) {
    return new LayerNormalization(axes, epsilon, rmsScaling, newAffine, options());
  }

  private boolean hasGamma() {
    return affine().scale() || rmsScaling;
  }

  private boolean hasBeta() {
    return affine().center() && !rmsScaling;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    axes.indices(NAME, input);
    return input;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    Shape shape = axes.extents(NAME, input);
    List<WeightSpec> weights = new ArrayList<>();
    if (hasGamma()) {
      weights.add(affine().gamma().spec("gamma", shape, trainable()));
    }

    if (hasBeta()) {
      weights.add(affine().beta().spec("beta", shape, trainable()));
    }

    return weights;
  }

  /** Keeps the mean and the inverse standard deviation of each vector for the way back. */
  @Override
  public void forward(Shape input, LayerCall call) {
    AxisVectors block = plans.of(input);
    int vectors = block.vectors(call.rows());
    float[] moments = call.scratch(2 * vectors);
    float[] x = call.input();
    float[] y = call.output();
    float @Nullable [] gamma = hasGamma() ? call.weight(0) : null;
    float @Nullable [] beta = hasBeta() ? call.weight(hasGamma() ? 1 : 0) : null;
    for (int vector = 0; vector < vectors; vector++) {
      int from = block.start(vector);
      float mean = mean(x, from, block);
      float inverse = 1.0f / FloatOps.sqrt(variance(x, from, block, mean) + (float) epsilon);
      moments[2 * vector] = mean;
      moments[2 * vector + 1] = inverse;
      float shift = rmsScaling ? 0.0f : mean;
      for (int k = 0; k < block.length(); k++) {
        int i = from + block.offsets()[k];
        float normal = (x[i] - shift) * inverse;
        y[i] = (gamma == null ? normal : gamma[k] * normal) + (beta == null ? 0.0f : beta[k]);
      }
    }
  }

  private static float mean(float[] x, int from, AxisVectors block) {
    double sum = 0.0;
    for (int k = 0; k < block.length(); k++) {
      int i = from + block.offsets()[k];
      sum += x[i];
    }

    return (float) (sum / block.length());
  }

  private static float variance(float[] x, int from, AxisVectors block, float mean) {
    double sum = 0.0;
    for (int k = 0; k < block.length(); k++) {
      int i = from + block.offsets()[k];
      double difference = x[i] - mean;
      sum += difference * difference;
    }

    return (float) (sum / block.length());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    AxisVectors block = plans.of(input);
    int vectors = block.vectors(call.rows());
    float[] moments = call.scratch(2 * vectors);
    weightGradients(block, vectors, moments, call);
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    float @Nullable [] gamma = hasGamma() ? call.weight(0) : null;
    for (int vector = 0; vector < vectors; vector++) {
      int from = block.start(vector);
      if (gamma != null) {
        multiply(call.outputGradient(), gamma, from, block);
      }

      inputGradient(call, ofInput, from, block, moments[2 * vector], moments[2 * vector + 1]);
    }
  }

  private static void multiply(float[] gradient, float[] gamma, int from, AxisVectors block) {
    for (int k = 0; k < block.length(); k++) {
      int i = from + block.offsets()[k];
      gradient[i] *= gamma[k];
    }
  }

  /** With g the gradient of the normalized vector n: (g - mean g - n mean(g n)) / deviation. */
  private void inputGradient(
      LayerCall call, float[] ofInput, int from, AxisVectors block, float mean, float inverse) {
    float[] x = call.input();
    float[] g = call.outputGradient();
    float shift = rmsScaling ? 0.0f : mean;
    double sum = 0.0;
    double dot = 0.0;
    for (int k = 0; k < block.length(); k++) {
      int i = from + block.offsets()[k];
      sum += g[i];
      dot += g[i] * ((x[i] - shift) * inverse);
    }

    float meanGradient = rmsScaling ? 0.0f : (float) (sum / block.length());
    float meanDot = (float) (dot / block.length());
    for (int k = 0; k < block.length(); k++) {
      int i = from + block.offsets()[k];
      ofInput[i] = inverse * (g[i] - meanGradient - (x[i] - mean) * inverse * meanDot);
    }
  }

  private void weightGradients(AxisVectors block, int vectors, float[] moments, LayerCall call) {
    float @Nullable [] ofGamma = hasGamma() ? call.weightGradient(0) : null;
    float @Nullable [] ofBeta = hasBeta() ? call.weightGradient(hasGamma() ? 1 : 0) : null;
    float[] x = call.input();
    float[] gradient = call.outputGradient();
    if (ofGamma != null) {
      Arrays.fill(ofGamma, 0.0f);
      for (int vector = 0; vector < vectors; vector++) {
        int from = block.start(vector);
        float shift = rmsScaling ? 0.0f : moments[2 * vector];
        float inverse = moments[2 * vector + 1];
        for (int k = 0; k < block.length(); k++) {
          int i = from + block.offsets()[k];
          ofGamma[k] += gradient[i] * ((x[i] - shift) * inverse);
        }
      }
    }

    if (ofBeta != null) {
      Arrays.fill(ofBeta, 0.0f);
      for (int vector = 0; vector < vectors; vector++) {
        int from = block.start(vector);
        for (int k = 0; k < block.length(); k++) {
          int i = from + block.offsets()[k];
          ofBeta[k] += gradient[i];
        }
      }
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig()
            .put("axis", axes.toConfig())
            .put("epsilon", epsilon)
            .put("center", affine().center())
            .put("scale", affine().scale())
            .put("rms_scaling", rmsScaling);
    affine().putInitializers(config);
    affine().putRegularizersAndConstraints(config);
    return config.build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
