package io.firesteel.layers;

import io.firesteel.initializers.Initializer;
import io.firesteel.initializers.Initializers;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Each channel with mean 0 and variance 1 over a batch: y = gamma (x - mean) / sqrt(variance +
 * epsilon) + beta (Ioffe and Szegedy 2015; Keras 3.15,
 * keras/src/layers/normalization/batch_normalization.py).
 *
 * <p>In training, mean and variance are those of the rows that one shard has in the batch. Outside
 * of it, or if the layer is not trainable, they are the weights {@code moving_mean} and {@code
 * moving_variance}, which each step moves: moving = moving * momentum + measured * (1 - momentum),
 * where measured is the mean of the shards' means, or of their variances, weighted by their rows.
 * The sums run through the fixed tree of the gradients, so the weights are the same to the bit
 * wherever the shards are computed.
 *
 * <p>Differs from Keras: with one shard this is what Keras computes. With several, each is
 * normalized by itself, as on the replicas of Keras's distributed training without {@code
 * synchronized}; the moving variance then lacks the variance between the means of the shards, which
 * shrinks with the rows per shard. {@code synchronized} must be false. Stricter than Keras: momenta
 * are between 0 and 1.
 */
public final class BatchNormalization extends AffineLayer<BatchNormalization> {

  private static final String NAME = "BatchNormalization";
  private static final float MASK_EPSILON = 1e-7f;

  /** The arguments besides those of gamma and beta. */
  private record Arguments(
      Axes axis,
      double momentum,
      double epsilon,
      Initializer mean,
      Initializer variance,
      Renormalization renorm) {}

  private final Arguments arguments;

  private BatchNormalization(Arguments arguments, Affine affine, LayerOptions options) {
    super(affine, options);
    this.arguments = arguments;
    Argument.nonNegative(NAME, "epsilon", arguments.epsilon);
    Argument.unit(NAME, "momentum", arguments.momentum);
  }

  /** Returns the layer for the last axis, with momentum 0.99, epsilon 0.001, beta and gamma. */
  public static BatchNormalization of() {
    Initializer zeros = Initializers.get("zeros");
    Initializer ones = Initializers.get("ones");
    Arguments defaults = new Arguments(Axes.of(-1), 0.99, 1e-3, zeros, ones, Renormalization.NONE);
    return new BatchNormalization(defaults, Affine.DEFAULT, LayerOptions.DEFAULT);
  }

  private BatchNormalization with(Arguments newArguments) {
    return new BatchNormalization(newArguments, affine(), options());
  }

  /** Returns this layer for the channels along another axis, of which 0 is the batch. */
  public BatchNormalization axis(int value) {
    Arguments a = arguments;
    return with(new Arguments(Axes.of(value), a.momentum, a.epsilon, a.mean, a.variance, a.renorm));
  }

  /** Returns this layer with a momentum of the moving statistics, between 0 and 1. */
  public BatchNormalization momentum(double value) {
    Arguments a = arguments;
    return with(new Arguments(a.axis, value, a.epsilon, a.mean, a.variance, a.renorm));
  }

  /** Returns this layer with a number, at least 0, that is added to the variance. */
  public BatchNormalization epsilon(double value) {
    Arguments a = arguments;
    return with(new Arguments(a.axis, a.momentum, value, a.mean, a.variance, a.renorm));
  }

  /** Returns this layer with the start values of the moving mean. */
  public BatchNormalization movingMeanInitializer(Object identifier) {
    Arguments a = arguments;
    Initializer mean = Initializers.get(identifier);
    return with(new Arguments(a.axis, a.momentum, a.epsilon, mean, a.variance, a.renorm));
  }

  /** Returns this layer with the start values of the moving variance. */
  public BatchNormalization movingVarianceInitializer(Object identifier) {
    Arguments a = arguments;
    Initializer variance = Initializers.get(identifier);
    return with(new Arguments(a.axis, a.momentum, a.epsilon, a.mean, variance, a.renorm));
  }

  /**
   * Returns this layer with Keras's {@code renorm} (batch renormalization, Ioffe 2017): in training
   * a batch is normalized by running means and deviations, as far as the bounds allow.
   *
   * @param rmin the least factor of the batch's deviation, or null for no bound
   * @param rmax the largest one, at least {@code rmin}, or null
   * @param dmax how far the batch's mean may be off in deviations, at least 0, or null
   * @param momentum how much of the running mean and deviation stays in a step, between 0 and 1;
   *     Keras's default is 0.99
   */
  public BatchNormalization renorm(
      @Nullable Double rmin, @Nullable Double rmax, @Nullable Double dmax, double momentum) {
    Arguments a = arguments;
    Renormalization renorm = new Renormalization(true, rmin, rmax, dmax, true, momentum);
    return with(new Arguments(a.axis, a.momentum, a.epsilon, a.mean, a.variance, renorm));
  }

  static BatchNormalization fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    if (reader.bool("synchronized", false)) {
      throw reader.invalid("synchronized", "false, as true is not supported");
    }

    Arguments arguments =
        new Arguments(
            Axes.of(reader.int32("axis", -1)),
            reader.number("momentum", 0.99),
            reader.number("epsilon", 1e-3),
            initializer(reader, "moving_mean_initializer", "zeros"),
            initializer(reader, "moving_variance_initializer", "ones"),
            Renormalization.read(reader));
    BatchNormalization layer =
        new BatchNormalization(arguments, Affine.read(reader), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static Initializer initializer(ConfigReader reader, String key, String absent) {
    return Initializers.get(reader.seen(key) ? reader.any(key) : absent);
  }

  @Override
  protected BatchNormalization with(LayerOptions newOptions) {
    return new BatchNormalization(arguments, affine(), newOptions);
  }

  @Override
  BatchNormalization with(Affine newAffine) {
    return new BatchNormalization(arguments, newAffine, options());
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    arguments.axis.block(NAME, input);
    return input;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    Shape shape = arguments.axis.extents(NAME, input);
    Double momentum = trainable() ? arguments.momentum : null;
    List<WeightSpec> weights = new ArrayList<>();
    if (affine().scale()) {
      weights.add(affine().gamma().spec("gamma", shape, trainable()));
    }

    if (affine().center()) {
      weights.add(affine().beta().spec("beta", shape, trainable()));
    }

    weights.add(new WeightSpec("moving_mean", shape, arguments.mean, null, null, false, momentum));
    boolean derived = arguments.renorm.isOn() && momentum != null;
    Double ofVariance = derived ? (Double) 0.0 : momentum;
    weights.add(
        new WeightSpec(
            "moving_variance", shape, arguments.variance, null, null, false, ofVariance));
    weights.addAll(arguments.renorm.weights(shape, arguments.mean, arguments.variance, momentum));
    return weights;
  }

  /*
   * The scratch buffer holds parts of one value a channel: sums in the making, the mean, the inverse
   * standard deviation, three more for what a pass needs, and r and d of a renormalization.
   */

  private static final int PARTS = 8;

  private boolean measures(LayerCall call) {
    return call.training() && trainable();
  }

  private int meanIndex() {
    return (affine().scale() ? 1 : 0) + (affine().center() ? 1 : 0);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    AxisBlock block = arguments.axis.block(NAME, input);
    int channels = block.length();
    float[] work = call.scratch(PARTS * channels);
    int mean = channels;
    int inverse = 2 * channels;
    if (measures(call)) {
      measure(block, call, work, mean, inverse);
    } else {
      System.arraycopy(call.weight(meanIndex()), 0, work, mean, channels);
      System.arraycopy(call.weight(meanIndex() + 1), 0, work, inverse, channels);
    }

    float @Nullable [] gamma = affine().scale() ? call.weight(0) : null;
    float @Nullable [] beta = affine().center() ? call.weight(meanIndex() - 1) : null;
    int factor = 3 * channels;
    int summand = 4 * channels;
    int r = 6 * channels;
    int d = 7 * channels;
    boolean corrected = arguments.renorm.isOn() && measures(call);
    for (int c = 0; c < channels; c++) {
      float deviation = FloatOps.sqrt(work[inverse + c] + (float) arguments.epsilon);
      work[inverse + c] = 1.0f / deviation;
      float scale = gamma == null ? 1 : gamma[c];
      work[factor + c] = work[inverse + c] * (corrected ? work[r + c] * scale : scale);
      float shift = -work[mean + c] * work[factor + c];
      if (corrected) {
        shift += work[d + c] * scale;
      }

      work[summand + c] = beta == null ? shift : shift + beta[c];
    }

    Channels.scale(block, call.rows(), call.input(), work, factor, summand, call.output());
  }

  /** Fills mean and variance, and adds them to the statistics. */
  private void measure(AxisBlock block, LayerCall call, float[] work, int mean, int variance) {
    int rows = call.rows();
    float[] x = call.input();
    boolean[] mask = call.mask(0);
    float count = count(block, call);
    if (mask == null) {
      Channels.ofValues(block, rows, x, work, mean);
      divide(work, mean, block.length(), count);
      Channels.ofSquares(block, rows, x, work, mean, variance);
    } else {
      Channels.ofMaskedValues(block, rows, x, mask, work, mean);
      divide(work, mean, block.length(), count);
      Channels.ofMaskedSquares(block, rows, x, mask, work, mean, variance);
    }

    divide(work, variance, block.length(), count);
    report(call.statistic(meanIndex()), work, mean, rows);
    if (arguments.renorm.isOn()) {
      int n = block.length();
      float epsilon = (float) arguments.epsilon;
      float moving = (float) arguments.momentum;
      arguments.renorm.measure(
          call, meanIndex() + 2, work, n, mean, variance, 6 * n, 7 * n, epsilon, moving);
    } else {
      report(call.statistic(meanIndex() + 1), work, variance, rows);
    }
  }

  /** What sums are divided by: with a mask the number of steps that count, and Keras's epsilon. */
  private static float count(AxisBlock block, LayerCall call) {
    int places = call.rows() * block.outer() * block.inner();
    boolean[] mask = call.mask(0);
    int counted = 0;
    for (int i = 0; mask != null && i < places; i++) {
      counted += mask[i] ? 1 : 0;
    }

    return mask == null ? places : counted + MASK_EPSILON;
  }

  private static void divide(float[] work, int from, int n, float count) {
    for (int i = from; i < from + n && count > 0; i++) {
      work[i] /= count;
    }
  }

  private static void report(float @Nullable [] statistic, float[] work, int from, int rows) {
    for (int c = 0; statistic != null && c < statistic.length; c++) {
      statistic[c] = work[from + c] * rows;
    }
  }

  /**
   * With g the gradient of the output and n = (x - mean) / deviation, the gradient of the input is
   * gamma / deviation (g - mean g - n mean(g n)), without the means if the layer did not measure.
   */
  @Override
  public void backward(Shape input, LayerCall call) {
    AxisBlock block = arguments.axis.block(NAME, input);
    int rows = call.rows();
    int channels = block.length();
    float[] work = call.scratch(PARTS * channels);
    int mean = channels;
    int inverse = 2 * channels;
    int factor = 3 * channels;
    int sums = 4 * channels;
    int dots = 5 * channels;
    float[] gradient = call.outputGradient();
    Channels.ofValues(block, rows, gradient, work, sums);
    Channels.ofProducts(block, rows, gradient, call.input(), work, mean, dots);
    float @Nullable [] ofGamma = affine().scale() ? call.weightGradient(0) : null;
    float @Nullable [] ofBeta = affine().center() ? call.weightGradient(meanIndex() - 1) : null;
    float count = count(block, call);
    boolean corrected = arguments.renorm.isOn() && measures(call);
    for (int c = 0; c < channels; c++) {
      if (ofGamma != null) {
        float normalized = work[dots + c] * work[inverse + c];
        ofGamma[c] =
            corrected
                ? normalized * work[6 * channels + c] + work[sums + c] * work[7 * channels + c]
                : normalized;
      }

      if (ofBeta != null) {
        ofBeta[c] = work[sums + c];
      }

      float slope = work[factor + c] * work[inverse + c] * work[inverse + c];
      work[sums + c] = measures(call) ? -work[factor + c] * work[sums + c] / count : 0.0f;
      work[dots + c] = measures(call) ? -slope * work[dots + c] / count : 0.0f;
    }

    float[] ofInput = call.inputGradient();
    if (ofInput != null) {
      Channels.scale(block, rows, gradient, work, factor, sums, ofInput);
      Channels.addScaled(block, rows, call.input(), work, mean, dots, ofInput);
      if (measures(call) && call.mask(0) != null) {
        Channels.scaleMasked(block, rows, gradient, call.mask(0), work, factor, ofInput);
      }
    }
  }

  @Override
  public Config getConfig() {
    Config.Builder config =
        baseConfig()
            .put("axis", arguments.axis.toConfig())
            .put("momentum", arguments.momentum)
            .put("epsilon", arguments.epsilon)
            .put("center", affine().center())
            .put("scale", affine().scale());
    affine().putInitializers(config);
    config
        .put("moving_mean_initializer", Initializers.serialize(arguments.mean))
        .put("moving_variance_initializer", Initializers.serialize(arguments.variance));
    affine().putRegularizersAndConstraints(config);
    config.put("synchronized", false);
    arguments.renorm.put(config);
    return config.build();
  }

  /** A mask says which steps count in mean and variance; Keras has it for the last axis. */
  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    Shape mask = masks.get(0);
    if (mask != null && arguments.axis.block(NAME, inputs.get(0)).inner() > 1) {
      throw new IllegalArgumentException(
          "The layer '%s' takes inputs with a mask along the last axis only. Received: axis=%s"
              .formatted(name(), arguments.axis.toConfig()));
    }

    return mask;
  }
}
