package io.firesteel.layers;

import org.jspecify.annotations.Nullable;

/**
 * What a layer works with during one pass over a batch: its weights, the buffers for its input,
 * output and their gradients, and its random seed. The network owns it and reuses the buffers,
 * which may be longer than {@code rows} rows; only the first {@code rows} rows count.
 *
 * <p>All buffers are row-major, one batch row after the other.
 */
public interface LayerCall {

  /** Returns the number of rows of this batch. */
  int rows();

  /** Tells whether the layer runs in training mode, as dropout needs to know. */
  boolean training();

  /**
   * Returns the seed of this layer's randomness in this pass, a function of (seed, epoch, step,
   * shard, layer).
   */
  long seed();

  /** Returns the values of the layer's weight with that index; not to be written to. */
  float[] weight(int index);

  /**
   * Returns the sum of gradients of the layer's weight with that index, to be filled by backward
   * whatever it held before; null if the weight is not trained.
   */
  float @Nullable [] weightGradient(int index);

  /**
   * Returns where forward puts what it measured for the statistic with that index, multiplied by
   * the number of rows so that shards can be added up; whatever it held before. Null outside
   * training.
   */
  float @Nullable [] statistic(int index);

  /** Returns the input; not to be written to. */
  float[] input();

  /** Returns the output, to be filled by forward, and unchanged when backward runs. */
  float[] output();

  /** Returns the loss's gradient with respect to the output; backward may overwrite it. */
  float[] outputGradient();

  /**
   * Returns the loss's gradient with respect to the input, to be filled by backward; null if nobody
   * needs it.
   */
  float @Nullable [] inputGradient();

  /**
   * Returns the output of the layer {@link Layer#skipFrom}; not to be written to.
   *
   * @throws IllegalStateException if the layer reads no other
   */
  float[] skipInput();

  /** Returns the number of values of one row of {@link #skipInput}. */
  int skipWidth();

  /**
   * Returns the loss's gradient with respect to {@link #skipInput}, which backward adds to; null if
   * nobody needs it.
   */
  float @Nullable [] skipGradient();

  /**
   * Returns a buffer of this layer's own of at least that length, which keeps its content from
   * forward to backward.
   */
  float[] scratch(int length);
}
