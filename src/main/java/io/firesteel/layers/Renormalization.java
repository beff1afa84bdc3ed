package io.firesteel.layers;

import io.firesteel.initializers.Initializer;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link BatchNormalization} corrects in training with Keras's {@code renorm} (Ioffe 2017):
 * with n = (x - mean) / deviation of the rows at hand, n r + d takes the place of n, where
 *
 * <pre>
 * r = clip(deviation / renorm_stddev, rmin, rmax)
 * d = clip((mean - renorm_mean) / renorm_stddev, -dmax, dmax)
 * </pre>
 *
 * <p>r and d have no gradients. The weights {@code renorm_mean} and {@code renorm_stddev} are moved
 * by the momentum of the renormalization; {@code moving_variance} is moving_stddev^2 - epsilon.
 *
 * @param isOn whether there is a correction
 * @param rmin the least r, or null
 * @param rmax the largest r, or null
 * @param dmax the largest magnitude of d, or null
 * @param hasClipping whether the arguments say anything of clipping, an empty object included
 * @param momentum how much of the statistics stays in each step
 */
record Renormalization(
    boolean isOn,
    @Nullable Double rmin,
    @Nullable Double rmax,
    @Nullable Double dmax,
    boolean hasClipping,
    double momentum) {

  static final Renormalization NONE = new Renormalization(false, null, null, null, false, 0.99);

  private static final String NAME = "BatchNormalization";
  private static final String CLIPPING = "renorm_clipping";

  Renormalization {
    if (isOn && rmin != null && rmax != null && rmax < rmin) {
      throw Argument.invalid(NAME, "rmax", rmax, "at least rmin, " + rmin);
    }

    if (isOn && dmax != null) {
      Argument.nonNegative(NAME, "dmax", dmax);
    }

    if (isOn) {
      Argument.unit(NAME, "renorm_momentum", momentum);
    }
  }

  static Renormalization read(ConfigReader reader) {
    Config clipping = reader.nullableConfig(CLIPPING);
    double momentum = reader.number("renorm_momentum", 0.99);
    boolean isOn = reader.bool("renorm", false);
    if (clipping == null) {
      return new Renormalization(isOn, null, null, null, false, momentum);
    }

    ConfigReader bounds = clipping.reader(CLIPPING);
    Renormalization read =
        new Renormalization(
            isOn,
            bounds.nullableNumber("rmin", null),
            bounds.nullableNumber("rmax", null),
            bounds.nullableNumber("dmax", null),
            true,
            momentum);
    bounds.finish();
    return read;
  }

  void put(Config.Builder config) {
    Config.Builder clipping = Config.builder();
    putNumber(clipping, "rmax", rmax);
    putNumber(clipping, "rmin", rmin);
    putNumber(clipping, "dmax", dmax);
    config
        .put("renorm", isOn)
        .put(CLIPPING, isOn || hasClipping ? clipping.build() : null)
        .put("renorm_momentum", momentum);
  }

  private static void putNumber(Config.Builder config, String key, @Nullable Double value) {
    if (value != null) {
      config.put(key, value);
    }
  }

  /** Returns the weights behind {@code moving_variance}. */
  List<WeightSpec> weights(
      Shape shape, Initializer mean, Initializer variance, @Nullable Double moving) {
    if (!isOn) {
      return List.of();
    }

    Double ofRenorm = moving == null ? null : (Double) momentum;
    Initializer deviation = new SquareRoots(variance);
    return List.of(
        new WeightSpec("moving_stddev", shape, deviation, null, null, false, moving),
        new WeightSpec("renorm_mean", shape, mean, null, null, false, ofRenorm),
        new WeightSpec("renorm_stddev", shape, deviation, null, null, false, ofRenorm));
  }

  /**
   * Works out the corrections of a batch, and adds what was measured to the statistics.
   *
   * @param first the index of {@code moving_stddev}
   * @param work has mean and variance of each channel, and room for r and d, at these places
   * @param moving how much of moving_stddev stays
   */
  void measure(
      LayerCall call,
      int first,
      float[] work,
      int channels,
      int mean,
      int variance,
      int r,
      int d,
      float epsilon,
      float moving) {
    float[] movingDeviation = call.weight(first);
    float[] renormMean = call.weight(first + 1);
    float[] renormDeviation = call.weight(first + 2);
    float @Nullable [] ofVariance = call.statistic(first - 1);
    float @Nullable [] ofDeviation = call.statistic(first);
    float @Nullable [] ofRenormMean = call.statistic(first + 1);
    float @Nullable [] ofRenormDeviation = call.statistic(first + 2);
    int rows = call.rows();
    float least = FloatOps.sqrt(epsilon);
    float low = bound(rmin, Float.NEGATIVE_INFINITY);
    float high = bound(rmax, Float.POSITIVE_INFINITY);
    float off = bound(dmax, Float.POSITIVE_INFINITY);
    for (int c = 0; c < channels; c++) {
      float deviation = FloatOps.sqrt(work[variance + c] + epsilon);
      float usual = Math.max(renormDeviation[c], least);
      work[r + c] = Math.min(Math.max(deviation / usual, low), high);
      float distance = (work[mean + c] - renormMean[c]) / usual;
      work[d + c] = Math.min(Math.max(distance, -off), off);
      put(ofDeviation, c, deviation * rows);
      put(ofRenormMean, c, work[mean + c] * rows);
      put(ofRenormDeviation, c, deviation * rows);
      float next = movingDeviation[c] * moving + deviation * (1 - moving);
      put(ofVariance, c, Math.max(next * next - epsilon, 0) * rows);
    }
  }

  private static void put(float @Nullable [] statistic, int channel, float value) {
    if (statistic != null) {
      statistic[channel] = value;
    }
  }

  private static float bound(@Nullable Double value, float none) {
    return value == null ? none : (float) (double) value;
  }

  /** The square roots of another initializer's values. */
  private static final class SquareRoots extends Initializer {
    private final Initializer squares;

    SquareRoots(Initializer squares) {
      this.squares = squares;
    }

    @Override
    public float[] call(Shape shape, RandomStream random) {
      float[] values = squares.call(shape, random);
      for (int i = 0; i < values.length; i++) {
        values[i] = FloatOps.sqrt(values[i]);
      }

      return values;
    }

    @Override
    public Config getConfig() {
      return squares.getConfig();
    }
  }
}
