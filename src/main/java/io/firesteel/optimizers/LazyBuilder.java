package io.firesteel.optimizers;

import io.firesteel.saving.ConfigReader;

/**
 * Collects the arguments of optimizers that can be lazy, see {@link LazyMoments}.
 *
 * @param <B> the concrete builder
 */
abstract class LazyBuilder<B extends LazyBuilder<B>> extends MomentsBuilder<B> {

  boolean lazy;

  LazyBuilder(double learningRate, double epsilon) {
    super(learningRate, epsilon);
  }

  /**
   * Sets whether row-sparse gradients update only the rows that they touch, with their slots, and
   * decay only these, as TensorFlow Addons' LazyAdam does. The other rows then miss what the dense
   * rule does to them while their gradient is zero. Not together with {@code
   * gradientAccumulationSteps}. Keras has no such thing, and refuses configs where it is set.
   */
  public B lazy(boolean value) {
    this.lazy = value;
    return self();
  }

  @Override
  public B read(ConfigReader reader) {
    lazy(reader.bool(LazyMoments.KEY, lazy));
    return super.read(reader);
  }
}
