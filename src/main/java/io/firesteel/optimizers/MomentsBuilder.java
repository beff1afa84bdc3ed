package io.firesteel.optimizers;

import io.firesteel.saving.ConfigReader;

/**
 * Collects the arguments of optimizers that keep a first and a second moment of the gradients.
 *
 * @param <B> the concrete builder
 */
abstract class MomentsBuilder<B extends MomentsBuilder<B>> extends OptimizerBuilder<B> {

  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon;

  MomentsBuilder(double learningRate, double epsilon) {
    super(learningRate);
    this.epsilon = epsilon;
  }

  /** Sets the share of the old first moment that is kept, in [0, 1). */
  public B beta1(double value) {
    this.beta1 = value;
    return self();
  }

  /** Sets the share of the old second moment that is kept, in [0, 1). */
  public B beta2(double value) {
    this.beta2 = value;
    return self();
  }

  /** Sets what is added to the divisor, at least 0. */
  public B epsilon(double value) {
    this.epsilon = value;
    return self();
  }

  @Override
  public B read(ConfigReader reader) {
    beta1(reader.number("beta_1", beta1));
    beta2(reader.number("beta_2", beta2));
    epsilon(reader.number("epsilon", epsilon));
    return super.read(reader);
  }
}
