package io.firesteel.losses;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;

/** What the crossentropies with labels as wide as the predictions share: the arguments. */
abstract class SmoothedCrossentropy extends SamplewiseLoss {

  final boolean fromLogits;
  final double labelSmoothing;

  SmoothedCrossentropy(Builder<?> builder) {
    super(builder);
    this.fromLogits = builder.fromLogits;
    this.labelSmoothing = builder.labelSmoothing;
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
   * @param <B> the builder's own type
   */
  public abstract static class Builder<B extends Builder<B>> extends Loss.Builder<B> {
    final String owner;
    private boolean fromLogits;
    private double labelSmoothing;

    Builder(String owner, String name) {
      super(name);
      this.owner = owner;
    }

    /** Takes predictions as logits; without this they are probabilities. */
    public B fromLogits() {
      fromLogits = true;
      return self();
    }

    /**
     * Sets how far labels are moved to the uniform distribution; default 0.
     *
     * @throws IllegalArgumentException if it is not in [0, 1]
     */
    public B labelSmoothing(double labelSmoothing) {
      this.labelSmoothing = Argument.unit(owner, "label_smoothing", labelSmoothing);
      return self();
    }

    @Override
    protected B read(ConfigReader reader) {
      if (reader.bool("from_logits", false)) {
        fromLogits();
      }

      if (reader.integer("axis", -1) != -1) {
        throw reader.invalid("axis", "-1, the last axis");
      }

      return super.read(reader).labelSmoothing(reader.number("label_smoothing", 0.0));
    }
  }
}
