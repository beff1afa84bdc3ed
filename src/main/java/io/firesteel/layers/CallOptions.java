package io.firesteel.layers;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call of a layer that are no tensors.
 *
 * @param training Keras's {@code training}, or null; it is kept for files alone: as in Keras 3.15,
 *     the mode of the model counts
 * @param useCausalMask Keras's {@code use_causal_mask} of the attention layers: no step sees a
 *     later one
 * @param isOperation whether the file has an operation ({@code x + y}) where the layer stands here;
 *     Keras's operations lose masks
 */
public record CallOptions(@Nullable Boolean training, boolean useCausalMask, boolean isOperation) {

  /** Those of a call without such arguments. */
  public static final CallOptions NONE = new CallOptions(null, false);

  /** Those of a call of a layer. */
  public CallOptions(@Nullable Boolean training, boolean useCausalMask) {
    this(training, useCausalMask, false);
  }

  /** Returns these arguments for what was an operation in the file. */
  public CallOptions ofOperation() {
    return new CallOptions(training, useCausalMask, true);
  }
}
