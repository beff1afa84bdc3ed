package io.firesteel.metrics;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.saving.KerasSerializable;
import io.firesteel.saving.ObjectBuilder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A metric: sums over samples, and a number made of them. The sums of two sets of samples add up to
 * those of their union, so shards merge exactly, whatever their sizes.
 *
 * <p>Samples are those of {@link io.firesteel.losses.Loss}. A metric is immutable; its state is the
 * array of sums that callers hold.
 */
public abstract class Metric implements KerasSerializable {

  private final String name;

  /** Creates a metric. */
  protected Metric(String name) {
    this.name = name;
  }

  /**
   * Creates a metric of its arguments {@code name} and {@code dtype}.
   *
   * @param name the default name
   * @throws IllegalArgumentException if the dtype is not float32
   */
  protected Metric(String name, ConfigReader arguments) {
    String given = arguments.nullableString("name");
    this.name = given == null ? name : given;
    arguments.requireFloat32();
  }

  /** Returns the name, under which results are logged. */
  public String name() {
    return name;
  }

  /** Returns {@code name} and {@code dtype}, with which every metric's config begins. */
  @Override
  public Config getConfig() {
    return Config.builder().put("name", name).put("dtype", "float32").build();
  }

  /**
   * Checks the widths of labels and predictions before training. Stricter than Keras, which
   * broadcasts one against the other.
   *
   * @return null if they fit this metric, else what was received and what is allowed
   */
  public @Nullable String checkWidths(int labelWidth, int width) {
    return Classes.checkEqual(this, labelWidth, width);
  }

  /** Tells whether a higher value is a better one, as for accuracies; errors are better lower. */
  public boolean higherIsBetter() {
    return false;
  }

  /**
   * Tells whether samples that a mask leaves out don't count when a model is evaluated, as in
   * Keras's means over samples; false unless overridden.
   */
  public boolean heedsMask() {
    return false;
  }

  /**
   * Returns this metric for predictions of that width, on which the number of sums may depend; a
   * network does so with its metrics. Itself unless overridden.
   */
  public Metric forWidth(int width) {
    return this;
  }

  /**
   * Returns the number of sums.
   *
   * @throws IllegalStateException if it depends on the width, and that was not said by {@link
   *     #forWidth}
   */
  public abstract int stateSize();

  /**
   * Adds samples to the sums.
   *
   * @param labels samples x labelWidth
   * @param predictions samples x width
   * @param weights one weight a sample, or null where all are 1
   * @param state the sums
   * @param offset where in {@code state} this metric's sums begin
   */
  public abstract void update(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int samples,
      float @Nullable [] weights,
      double[] state,
      int offset);

  /**
   * Returns the metric of the sums, the first of them if there are several; 0 of no samples, as
   * Keras.
   */
  public abstract double result(double[] state, int offset);

  /**
   * Returns the number of results: 1, but for metrics that have one a class or one a threshold.
   * Those are logged under {@code name[0]}, {@code name[1]} and so on.
   *
   * @throws IllegalStateException as {@link #stateSize}
   */
  public int resultSize() {
    return 1;
  }

  /** Returns one of the results of the sums, from 0 to {@link #resultSize} - 1. */
  public double result(double[] state, int offset, int index) {
    return result(state, offset);
  }

  /** Returns a quotient, 0 where the divisor is 0. */
  static double ratio(double dividend, double divisor) {
    return divisor == 0.0 ? 0.0 : dividend / divisor;
  }

  /** Returns a width, which is 0 as long as nobody said it. */
  final int known(int width) {
    if (width == 0) {
      throw new IllegalStateException(
          "The metric %s does not know the width of predictions: call forWidth first"
              .formatted(name));
    }

    return width;
  }

  /**
   * Collects what every metric has, and what those with arguments of their own add.
   *
   * @param <M> the metric
   * @param <B> the builder's own type
   */
  public abstract static class Builder<M extends Metric, B extends Builder<M, B>>
      extends ObjectBuilder<M, B> {

    /**
     * Creates a builder.
     *
     * @param owner the name of the class, for errors
     * @param constructor reads the arguments and checks them
     */
    protected Builder(String owner, Function<ConfigReader, M> constructor) {
      super(owner, constructor);
    }

    /** Sets the name, under which results are logged. */
    public B name(String name) {
      return set("name", name);
    }
  }
}
