package io.firesteel.optimizers;

import io.firesteel.saving.Config;

/**
 * {@link Adam} with decoupled weight decay, {@code w = w - w * weight_decay * lr} before each step.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1711.05101">Loshchilov and Hutter, 2017</a>.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay; if {@code lazy} is set, only
 * touched rows, and the result is another (TensorFlow Addons' LazyAdam). Keras refuses a config
 * with that key, which is only there if it is set.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adamw.py}.
 */
public final class AdamW extends Adam {

  private AdamW(OptimizerArguments arguments) {
    super(arguments);
    if (arguments.weightDecay() == null && arguments.weightDecaySchedule() == null) {
      throw arguments.invalid("weight_decay", "null", "a number (Adam is the optimizer without)");
    }
  }

  /** Returns a builder with Keras's defaults: those of {@link Adam}, weight decay 0.004. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static AdamW fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  /** Collects the arguments of an {@link AdamW}. */
  public static final class Builder extends Adam.Builder<AdamW, Builder> {
    private Builder() {
      super(AdamW.class, AdamW::new);
      weightDecay(0.004);
    }
  }
}
