package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;

/**
 * Each vector along some axes divided by the root of its mean square, times a weight: y = scale x /
 * sqrt(mean x^2 + epsilon) (Zhang and Sennrich 2019; Keras 3.15,
 * keras/src/layers/normalization/rms_normalization.py).
 *
 * <p>The axes must be the last ones: along others Keras multiplies the wrong values by the scale,
 * or fails.
 */
public final class RMSNormalization extends KerasLayer<RMSNormalization> {

  private static final String NAME = "RMSNormalization";
  private static final WeightOptions SCALE = WeightOptions.of("ones");

  private final Axes axes;
  private final double epsilon;
  private final LastShape<AxisVectors> plans;

  private RMSNormalization(Axes axes, double epsilon, LayerOptions options) {
    super(options);
    this.axes = axes;
    this.plans = new LastShape<>(input -> axes.vectors(NAME, input));
    this.epsilon = Argument.nonNegative(NAME, "epsilon", epsilon);
  }

  /** Returns the layer for the last axis, with epsilon 1e-6. */
  public static RMSNormalization of() {
    return new RMSNormalization(Axes.of(-1), 1e-6, LayerOptions.DEFAULT);
  }

  /** Returns this layer for the last axis or several last ones, of which 0 is the batch. */
  public RMSNormalization axis(int... values) {
    Axes given =
        values.length == 1
            ? Axes.of(values[0])
            : Axes.of(NAME, Arrays.stream(values).boxed().toList());
    return new RMSNormalization(given, epsilon, options());
  }

  /** Returns this layer with a number, at least 0, that is added to the mean square. */
  public RMSNormalization epsilon(double value) {
    return new RMSNormalization(axes, value, options());
  }

  static RMSNormalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    RMSNormalization layer =
        new RMSNormalization(
            Axes.read(NAME, reader), reader.number("epsilon", 1e-6), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected RMSNormalization with(LayerOptions newOptions) {
    return new RMSNormalization(axes, epsilon, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    int[] indices = axes.indices(NAME, input);
    if (indices[0] != input.rank() - indices.length) {
      throw new IllegalArgumentException(
          "RMSNormalization: 'axis' must be the last axis or several last ones. Received: axis=%s for rows of shape %s"
              .formatted(axes.values(), input));
    }

    return input;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return List.of(SCALE.spec("scale", axes.extents(NAME, input), trainable()));
  }

  /** Keeps the inverse root of each vector for the way back. */
  @Override
  public void forward(Shape input, LayerCall call) {
    AxisVectors places = plans.of(input);
    int[] offsets = places.offsets();
    int vectors = places.vectors(call.rows());
    float[] inverses = call.scratch(vectors);
    float[] x = call.input();
    float[] scale = call.weight(0);
    for (int vector = 0; vector < vectors; vector++) {
      int from = places.start(vector);
      double sum = 0.0;
      for (int offset : offsets) {
        sum += (double) x[from + offset] * x[from + offset];
      }

      float mean = (float) (sum / offsets.length);
      inverses[vector] = 1.0f / FloatOps.sqrt(mean + (float) epsilon);
      for (int k = 0; k < offsets.length; k++) {
        int i = from + offsets[k];
        call.output()[i] = x[i] * inverses[vector] * scale[k];
      }
    }
  }

  /** With g the gradient times scale, the input's is (g - x mean(g x) / (mean x^2)) / root. */
  @Override
  public void backward(Shape input, LayerCall call) {
    AxisVectors places = plans.of(input);
    int[] offsets = places.offsets();
    int vectors = places.vectors(call.rows());
    float[] inverses = call.scratch(vectors);
    float[] x = call.input();
    float[] g = call.outputGradient();
    float[] scale = call.weight(0);
    float[] ofScale = call.weightGradient(0);
    float[] ofInput = call.inputGradient();
    if (ofScale != null) {
      Arrays.fill(ofScale, 0.0f);
    }

    for (int vector = 0; vector < vectors; vector++) {
      int from = places.start(vector);
      float inverse = inverses[vector];
      double dot = 0.0;
      for (int k = 0; k < offsets.length; k++) {
        int i = from + offsets[k];
        dot += (double) g[i] * scale[k] * x[i];
        if (ofScale != null) {
          ofScale[k] += g[i] * (x[i] * inverse);
        }
      }

      float pull = (float) (dot / offsets.length) * inverse * inverse;
      for (int k = 0; ofInput != null && k < offsets.length; k++) {
        int i = from + offsets[k];
        ofInput[i] = inverse * (g[i] * scale[k] - x[i] * pull);
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("axis", axes.toConfig()).put("epsilon", epsilon).build();
  }
}
