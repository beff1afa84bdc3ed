package io.firesteel.optimizers;

import java.util.function.Function;

/**
 * Collects the arguments of optimizers that keep a first and a second moment of the gradients.
 *
 * @param <O> the optimizer
 * @param <B> the concrete builder
 */
abstract class MomentsBuilder<O extends BaseOptimizer, B extends MomentsBuilder<O, B>>
    extends OptimizerBuilder<O, B> {

  MomentsBuilder(Class<O> type, Function<OptimizerArguments, O> constructor) {
    super(type, constructor);
  }

  /** Sets the share of the old first moment that is kept, in [0, 1). */
  public B beta1(double value) {
    return set("beta_1", value);
  }

  /** Sets the share of the old second moment that is kept, in [0, 1). */
  public B beta2(double value) {
    return set("beta_2", value);
  }

  /** Sets what is added to the divisor, at least 0. */
  public B epsilon(double value) {
    return set("epsilon", value);
  }
}
