package io.firesteel.layers;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call of a layer that are no tensors.
 *
 * @param training Keras's {@code training}, or null; it is kept for files alone: as in Keras 3.15,
 *     the mode of the model counts
 * @param useCausalMask Keras's {@code use_causal_mask} of the attention layers: no step sees a
 *     later one
 */
public record CallOptions(@Nullable Boolean training, boolean useCausalMask) {

  /** Those of a call without such arguments. */
  public static final CallOptions NONE = new CallOptions(null, false);
}
