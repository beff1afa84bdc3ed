package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.function.Function;

/** What the crossentropies with labels as wide as the predictions share: the arguments. */
abstract class SmoothedCrossentropy extends SamplewiseLoss {

  final boolean fromLogits;
  final double labelSmoothing;

  SmoothedCrossentropy(String name, ConfigReader arguments) {
    super(name, arguments);
    this.fromLogits = arguments.bool("from_logits", false);
    this.labelSmoothing =
        Argument.unit(
            arguments.owner(), "label_smoothing", arguments.number("label_smoothing", 0.0));
    if (arguments.integer("axis", -1) != -1) {
      throw arguments.invalid("axis", "-1, the last axis");
    }
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("from_logits", fromLogits)
        .put("label_smoothing", labelSmoothing)
        .put("axis", -1)
        .build();
  }

  /**
   * Collects the arguments.
   *
   * @param <L> the loss
   * @param <B> the builder's own type
   */
  public abstract static class Builder<L extends Loss, B extends Builder<L, B>>
      extends Loss.Builder<L, B> {

    Builder(String owner, Function<ConfigReader, L> constructor) {
      super(owner, constructor);
    }

    /** Takes predictions as logits; without this they are probabilities. */
    public B fromLogits() {
      return set("from_logits", true);
    }

    /** Sets how far labels are moved to the uniform distribution, in [0, 1]; default 0. */
    public B labelSmoothing(double labelSmoothing) {
      return set("label_smoothing", labelSmoothing);
    }
  }
}
