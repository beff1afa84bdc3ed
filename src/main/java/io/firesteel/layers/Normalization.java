package io.firesteel.layers;

import io.firesteel.initializers.Initializers;
import io.firesteel.internal.data.FeatureMoments;
import io.firesteel.internal.saving.CountingLayer;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Features with mean 0 and variance 1: y = (x - mean) / max(sqrt(variance), 1e-7), or back again
 * with {@code invert} (Keras 3.15, keras/src/layers/preprocessing/normalization.py).
 *
 * <p>Mean and variance are given, or they are weights, 0 and 1 until the model adapts them to data:
 * {@code model.adapt(data)}. They are one number for each place along the axes, or one in all if
 * there are none.
 *
 * <p>Differs from Keras: several axes must be adjacent, and the batch is none of them; given
 * numbers are single ones or a list. Stricter than Keras: a variance is not negative.
 */
public final class Normalization extends KerasLayer<Normalization> implements CountingLayer {

  private static final String NAME = "Normalization";
  private static final float SMALLEST = 1e-7f;

  /** What is given instead of adapted. */
  private record Given(LastAxisNumbers mean, LastAxisNumbers variance) {}

  private final @Nullable Axes axes;
  private final boolean invert;
  private final @Nullable Given given;

  private Normalization(
      @Nullable Axes axes, boolean invert, @Nullable Given given, LayerOptions options) {
    super(options);
    this.axes = axes;
    this.invert = invert;
    this.given = given;
  }

  /** Returns the layer for the last axis, to be adapted. */
  public static Normalization of() {
    return new Normalization(Axes.of(-1), false, null, LayerOptions.DEFAULT);
  }

  /**
   * Returns this layer for some axes, of which 0 is the batch; without any for all values alike.
   */
  public Normalization axis(int... values) {
    Axes chosen = values.length == 0 ? null : Axes.of(NAME, Arrays.stream(values).boxed().toList());
    return new Normalization(chosen, invert, given, options());
  }

  /** Returns this layer with values turned back into what they were. */
  public Normalization invert(boolean value) {
    return new Normalization(axes, value, given, options());
  }

  /** Returns this layer with a mean and a variance that count everywhere. */
  public Normalization moments(double mean, double variance) {
    LastAxisNumbers means = LastAxisNumbers.of(NAME, "mean", mean);
    LastAxisNumbers variances = LastAxisNumbers.of(NAME, "variance", variance);
    return new Normalization(axes, invert, checked(means, variances), options());
  }

  /** Returns this layer with a mean and a variance for each place of the last of the axes. */
  public Normalization moments(double[] mean, double[] variance) {
    LastAxisNumbers means = LastAxisNumbers.of(NAME, "mean", mean);
    LastAxisNumbers variances = LastAxisNumbers.of(NAME, "variance", variance);
    return new Normalization(axes, invert, checked(means, variances), options());
  }

  private static Given checked(LastAxisNumbers mean, LastAxisNumbers variance) {
    if (mean.size() != variance.size()) {
      throw new IllegalArgumentException(
          "Normalization: 'mean' and 'variance' must have the same length. Received: %s and %s"
              .formatted(mean.toConfig(), variance.toConfig()));
    }

    for (int i = 0; i < variance.size(); i++) {
      Argument.nonNegative(NAME, "variance", variance.at(i));
    }

    return new Given(mean, variance);
  }

  static Normalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    boolean hasMean = reader.any("mean") != null;
    if (hasMean != (reader.any("variance") != null)) {
      throw reader.invalid("variance", "given if and only if 'mean' is");
    }

    Given given = null;
    if (hasMean) {
      given =
          checked(
              LastAxisNumbers.read(reader, NAME, "mean"),
              LastAxisNumbers.read(reader, NAME, "variance"));
    }

    boolean invert = reader.bool("invert", false);
    Normalization layer =
        new Normalization(readAxes(reader), invert, given, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static @Nullable Axes readAxes(ConfigReader reader) {
    Object axis = reader.any("axis");
    boolean none = reader.seen("axis") && (axis == null || axis.equals(List.of()));
    return none ? null : Axes.read(NAME, reader);
  }

  @Override
  protected Normalization with(LayerOptions newOptions) {
    return new Normalization(axes, invert, given, newOptions);
  }

  /** Tells whether mean and variance are weights. */
  public boolean adapts() {
    return given == null;
  }

  /**
   * Computes mean and variance of data.
   *
   * @param input the shape of a row
   * @param moments of the values of a row
   * @param mean filled with one value for each place along the axes
   * @param variance filled likewise
   */
  public void adapt(Shape input, FeatureMoments moments, float[] mean, float[] variance) {
    AxisBlock block = block(input);
    int[] group = new int[input.size()];
    for (int i = 0; i < group.length; i++) {
      group[i] = i / block.inner() % block.length();
    }

    FeatureMoments grouped = moments.grouped(group, block.length());
    for (int i = 0; i < block.length(); i++) {
      mean[i] = (float) grouped.mean(i);
      variance[i] = (float) grouped.variance(i);
    }
  }

  private AxisBlock block(Shape input) {
    return axes == null ? new AxisBlock(1, 1, input.size()) : axes.block(NAME, input);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    block(input);
    if (given != null) {
      Shape extents = axes == null ? Shape.scalar() : axes.extents(NAME, input);
      given.mean.requireFits(NAME, "mean", extents);
      given.variance.requireFits(NAME, "variance", extents);
    }

    return input;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    if (given != null) {
      return List.of();
    }

    Shape shape = axes == null ? Shape.scalar() : axes.extents(NAME, input);
    return List.of(
        new WeightSpec("mean", shape, Initializers.get("zeros"), null, null, false),
        new WeightSpec("variance", shape, Initializers.get("ones"), null, null, false));
  }

  @Override
  public List<String> savedCounters() {
    return adapts() ? List.of("count") : List.of();
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    AxisBlock block = block(input);
    float[] numbers = numbers(block, call);
    float[] x = call.input();
    float[] y = call.output();
    int n = call.rows() * input.size();
    for (int from = 0, k = 0; from < n; from += block.inner(), k++) {
      float mean = numbers[2 * (k % block.length())];
      float deviation = numbers[2 * (k % block.length()) + 1];
      for (int i = from; i < from + block.inner(); i++) {
        y[i] = invert ? mean + x[i] * deviation : (x[i] - mean) / deviation;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    AxisBlock block = block(input);
    float[] numbers = numbers(block, call);
    float[] ofOutput = call.outputGradient();
    int n = call.rows() * input.size();
    for (int from = 0, k = 0; from < n; from += block.inner(), k++) {
      float deviation = numbers[2 * (k % block.length()) + 1];
      for (int i = from; i < from + block.inner(); i++) {
        ofInput[i] = invert ? ofOutput[i] * deviation : ofOutput[i] / deviation;
      }
    }
  }

  /** Returns mean and standard deviation of each place along the axes, in turn. */
  private float[] numbers(AxisBlock block, LayerCall call) {
    float[] numbers = call.scratch(2 * block.length());
    for (int i = 0; i < block.length(); i++) {
      float variance = given == null ? call.weight(1)[i] : given.variance.cyclic(i);
      numbers[2 * i] = given == null ? call.weight(0)[i] : given.mean.cyclic(i);
      numbers[2 * i + 1] = Math.max(FloatOps.sqrt(variance), SMALLEST);
    }

    return numbers;
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("axis", axes == null ? List.of() : axes.values())
        .put("invert", invert)
        .put("mean", given == null ? null : given.mean.toConfig())
        .put("variance", given == null ? null : given.variance.toConfig())
        .build();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }
}
