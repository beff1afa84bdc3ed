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
 * The channels of a row in groups, each with mean 0 and variance 1: y = gamma (x - mean) /
 * sqrt(variance + epsilon) + beta, the moments being those of a group's channels at all places (Wu
 * and He 2018; Keras 3.15, keras/src/layers/normalization/group_normalization.py).
 */
public final class GroupNormalization extends AffineLayer<GroupNormalization> {

  private static final String NAME = "GroupNormalization";

  private final int groups;
  private final Axes axis;
  private final double epsilon;

  private GroupNormalization(
      int groups, Axes axis, double epsilon, Affine affine, LayerOptions options) {
    super(affine, options);
    Argument.require(NAME, "groups", groups, groups >= 1 || groups == -1, "an integer >= 1, or -1");
    this.groups = groups;
    this.axis = axis;
    this.epsilon = Argument.nonNegative(NAME, "epsilon", epsilon);
  }

  /** Returns the layer for 32 groups along the last axis, with epsilon 0.001, beta and gamma. */
  public static GroupNormalization of() {
    return of(32);
  }

  /**
   * Returns the layer for the last axis.
   *
   * @param groups the number of groups, which divides that of the channels; -1 for one a channel
   */
  public static GroupNormalization of(int groups) {
    return new GroupNormalization(groups, Axes.of(-1), 1e-3, Affine.DEFAULT, LayerOptions.DEFAULT);
  }

  /** Returns this layer for the channels along another axis, of which 0 is the batch. */
  public GroupNormalization axis(int value) {
    return new GroupNormalization(groups, Axes.of(value), epsilon, affine(), options());
  }

  /** Returns this layer with a number, at least 0, that is added to the variance. */
  public GroupNormalization epsilon(double value) {
    return new GroupNormalization(groups, axis, value, affine(), options());
  }

  static GroupNormalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    GroupNormalization layer =
        new GroupNormalization(
            reader.int32("groups", 32),
            Axes.of(reader.int32("axis", -1)),
            reader.number("epsilon", 1e-3),
            Affine.read(reader),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected GroupNormalization with(LayerOptions newOptions) {
    return new GroupNormalization(groups, axis, epsilon, affine(), newOptions);
  }

  @Override
  GroupNormalization with(Affine newAffine) {
    return new GroupNormalization(groups, axis, epsilon, newAffine, options());
  }

  private AxisBlock block(Shape input) {
    AxisBlock block = axis.block(NAME, input);
    if (groups > 0 && block.length() % groups != 0) {
      throw new IllegalArgumentException(
          "GroupNormalization: 'groups' must divide the number of channels, which is %d in rows of shape %s. Received: %d"
              .formatted(block.length(), input, groups));
    }

    return block;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    block(input);
    return input;
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    Shape shape = axis.extents(NAME, input);
    List<WeightSpec> weights = new ArrayList<>();
    if (affine().scale()) {
      weights.add(affine().gamma().spec("gamma", shape, trainable()));
    }

    if (affine().center()) {
      weights.add(affine().beta().spec("beta", shape, trainable()));
    }

    return weights;
  }

  /** What is done with each value of a group: its index within the batch, and its channel. */
  @FunctionalInterface
  private interface Value {
    void at(int index, int channel);
  }

  private static void forEach(AxisBlock block, int row, int first, int end, Value value) {
    for (int outer = 0; outer < block.outer(); outer++) {
      for (int channel = first; channel < end; channel++) {
        int from = ((row * block.outer() + outer) * block.length() + channel) * block.inner();
        for (int i = from; i < from + block.inner(); i++) {
          value.at(i, channel);
        }
      }
    }
  }

  private int groups(AxisBlock block) {
    return groups > 0 ? groups : block.length();
  }

  /** Keeps the mean and the inverse standard deviation of each group for the way back. */
  @Override
  public void forward(Shape input, LayerCall call) {
    AxisBlock block = block(input);
    int count = groups(block);
    int width = block.length() / count;
    int n = block.outer() * width * block.inner();
    float[] moments = call.scratch(2 * call.rows() * count);
    float[] x = call.input();
    float[] y = call.output();
    float @Nullable [] gamma = affine().scale() ? call.weight(0) : null;
    float @Nullable [] beta = affine().center() ? call.weight(affine().scale() ? 1 : 0) : null;
    double[] sums = new double[2];
    for (int group = 0; group < call.rows() * count; group++) {
      int row = group / count;
      int first = group % count * width;
      Arrays.fill(sums, 0.0);
      forEach(block, row, first, first + width, (i, c) -> sums[0] += x[i]);
      float mean = (float) (sums[0] / n);
      forEach(
          block,
          row,
          first,
          first + width,
          (i, c) -> sums[1] += (double) (x[i] - mean) * (x[i] - mean));
      float inverse = 1.0f / FloatOps.sqrt((float) (sums[1] / n) + (float) epsilon);
      moments[2 * group] = mean;
      moments[2 * group + 1] = inverse;
      forEach(
          block,
          row,
          first,
          first + width,
          (i, c) -> {
            float normal = (x[i] - mean) * inverse;
            y[i] = (gamma == null ? normal : gamma[c] * normal) + (beta == null ? 0.0f : beta[c]);
          });
    }
  }

  /** With g the gradient times gamma and n the normalized values: (g - mean g - n mean(g n)). */
  @Override
  public void backward(Shape input, LayerCall call) {
    AxisBlock block = block(input);
    int count = groups(block);
    int width = block.length() / count;
    int n = block.outer() * width * block.inner();
    float[] moments = call.scratch(2 * call.rows() * count);
    float[] x = call.input();
    float[] g = call.outputGradient();
    float @Nullable [] gamma = affine().scale() ? call.weight(0) : null;
    float @Nullable [] ofGamma = affine().scale() ? cleared(call.weightGradient(0)) : null;
    float @Nullable [] ofBeta =
        affine().center() ? cleared(call.weightGradient(affine().scale() ? 1 : 0)) : null;
    float[] ofInput = call.inputGradient();
    double[] sums = new double[2];
    for (int group = 0; group < call.rows() * count; group++) {
      float mean = moments[2 * group];
      float inverse = moments[2 * group + 1];
      int row = group / count;
      int first = group % count * width;
      Arrays.fill(sums, 0.0);
      forEach(
          block,
          row,
          first,
          first + width,
          (i, c) -> {
            float normal = (x[i] - mean) * inverse;
            if (ofGamma != null) {
              ofGamma[c] += g[i] * normal;
            }

            if (ofBeta != null) {
              ofBeta[c] += g[i];
            }

            float own = gamma == null ? g[i] : g[i] * gamma[c];
            sums[0] += own;
            sums[1] += own * normal;
          });
      if (ofInput != null) {
        float meanGradient = (float) (sums[0] / n);
        float meanDot = (float) (sums[1] / n);
        forEach(
            block,
            row,
            first,
            first + width,
            (i, c) -> {
              float own = gamma == null ? g[i] : g[i] * gamma[c];
              float normal = (x[i] - mean) * inverse;
              ofInput[i] = inverse * (own - meanGradient - normal * meanDot);
            });
      }
    }
  }

  private static float @Nullable [] cleared(float @Nullable [] gradient) {
    if (gradient != null) {
      Arrays.fill(gradient, 0.0f);
    }

    return gradient;
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig()
            .put("groups", groups)
            .put("axis", axis.toConfig())
            .put("epsilon", epsilon)
            .put("center", affine().center())
            .put("scale", affine().scale());
    affine().putInitializers(config);
    affine().putRegularizersAndConstraints(config);
    return config.build();
  }
}
