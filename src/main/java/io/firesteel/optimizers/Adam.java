package io.firesteel.optimizers;

import io.firesteel.saving.Config;

/**
 * Gradient descent with adaptive moments.
 *
 * <pre>
 * t = iterations + 1
 * alpha = lr * sqrt(1 - beta_2^t) / (1 - beta_1^t)
 * m = m + (g - m) * (1 - beta_1)
 * v = v + (g^2 - v) * (1 - beta_2)
 * h = max(h, v)  if amsgrad,  else v
 * w = w - m * alpha / (sqrt(h) + epsilon)
 * </pre>
 *
 * <p>State: {@code momentum} and {@code velocity} for each variable; then {@code velocity_hat} for
 * each, if amsgrad.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1412.6980">Kingma and Ba, 2014</a>. Differs from the
 * paper: epsilon is added to the uncorrected root (the paper's "epsilon hat").
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay; if {@code lazy} is set, only
 * touched rows, and the result is another (TensorFlow Addons' LazyAdam). Keras refuses a config
 * with that key, which is only there if it is set.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adam.py}. Stricter than Keras: both betas in
 * [0, 1), epsilon at least 0.
 */
public final class Adam extends AdaptiveMoments {

  private Adam(Builder builder) {
    super(builder);
  }

  /** Returns a builder with Keras's defaults: learning rate 0.001, betas 0.9 and 0.999. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Adam fromConfig(Config config) {
    return builder().read(config.reader("Adam")).build();
  }

  /** Collects the arguments of an {@link Adam}. */
  public static final class Builder extends Arguments<Builder> {
    private Builder() {}

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Adam build() {
      return new Adam(this);
    }
  }
}
