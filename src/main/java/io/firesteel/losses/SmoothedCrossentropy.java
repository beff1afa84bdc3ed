package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import java.util.List;
import java.util.function.Function;

/** What the crossentropies with labels as wide as the predictions share: the arguments. */
abstract class SmoothedCrossentropy extends SamplewiseLoss {

  final boolean fromLogits;
  final double labelSmoothing;
  private final List<Integer> axes;

  SmoothedCrossentropy(String name, ConfigReader arguments) {
    super(name, arguments);
    this.fromLogits = arguments.bool("from_logits", false);
    this.labelSmoothing =
        Argument.unit(
            arguments.owner(), "label_smoothing", arguments.number("label_smoothing", 0.0));
    this.axes = LossAxes.one(arguments);
  }

  @Override
  public final List<Integer> axes() {
    return axes;
  }

  /**
   * Checks that an argument which Keras spreads along the last axis is not used with another one.
   *
   * @throws IllegalArgumentException if it is
   */
  final void requireLastAxis(String owner, String argument, Object value, boolean used) {
    if (used && !axes.equals(LossAxes.LAST)) {
      throw new IllegalArgumentException(
          "%s: '%s' needs the axis -1, for Keras spreads it along the last axis whatever 'axis' is. Received: %s=%s, axis=%s"
              .formatted(owner, argument, argument, value, axes.get(0)));
    }
  }

  @Override
  public Config getConfig() {
    return super.getConfig().toBuilder()
        .put("from_logits", fromLogits)
        .put("label_smoothing", labelSmoothing)
        .put("axis", axes.get(0))
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

    /** Sets the axis of the output along which a sample lies; default -1, the last; 0 are rows. */
    public B axis(int axis) {
      return set("axis", axis);
    }

    /** Sets how far labels are moved to the uniform distribution, in [0, 1]; default 0. */
    public B labelSmoothing(double labelSmoothing) {
      return set("label_smoothing", labelSmoothing);
    }
  }
}
