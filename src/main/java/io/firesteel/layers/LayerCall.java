package io.firesteel.layers;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.tensor.MatrixRows;
import io.firesteel.tensor.RowSums;
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

  /**
   * Tells whether the batch is the one row of a {@link io.firesteel.models.Predictor}, for which a
   * product of a vector and a matrix is faster than one of matrices.
   */
  default boolean isSingleRow() {
    return false;
  }

  /** Tells whether the call has Keras's argument {@code use_causal_mask}. */
  default boolean useCausalMask() {
    return false;
  }

  /** Tells whether the call has Keras's argument {@code return_attention_scores}. */
  default boolean returnAttentionScores() {
    return false;
  }

  /** Tells whether the call has Keras's argument {@code reverse}. */
  default boolean reverse() {
    return false;
  }

  /** Returns the values of the layer's weight with that index; not to be written to. */
  float[] weight(int index);

  /**
   * Returns a weight of a {@link Dense} as the rows of a matrix, for a {@link #isSingleRow single
   * row}; null if there is no such copy.
   */
  default @Nullable MatrixRows weightRows(int index) {
    return null;
  }

  /**
   * Returns the sum of gradients of the layer's weight with that index, to be filled by backward
   * whatever it held before; null if the weight is not trained, or if there is a {@link
   * #rowGradient}.
   */
  float @Nullable [] weightGradient(int index);

  /**
   * Returns the sums of the rows of a weight's gradient, without rows yet, to be added to by
   * backward. For a trained weight that is {@link WeightSpec#rowSparse} either this or {@link
   * #weightGradient} is not null; the layer has to fill both with the same bits. Null for all other
   * weights.
   */
  @Nullable RowSums rowGradient(int index);

  /**
   * Returns where forward puts what it measured for the statistic with that index, multiplied by
   * the number of rows so that shards can be added up; whatever it held before. Null outside
   * training.
   */
  float @Nullable [] statistic(int index);

  /**
   * Returns the input; not to be written to. With a {@link #sparseInput} it is what comes before
   * that in each row.
   */
  float[] input();

  /** Returns one of several inputs; not to be written to. The first is {@link #input()}. */
  float[] input(int index);

  /**
   * Returns the mask of an input, or null if it has none: what is false does not count, such as
   * steps of time behind the end of a sequence. Not to be written to.
   */
  boolean @Nullable [] mask(int index);

  /**
   * Returns the mask of the output, to be filled by {@link Layer#computeMask}.
   *
   * @throws IllegalStateException if the output has none
   */
  boolean[] outputMask();

  /**
   * Returns the sparse end of the input's rows, for a {@link SparseInputLayer} behind a sparse
   * input; null in all other cases. Its width is at most that of the input; {@link #input} then
   * holds rows of the rest, which may be of no values.
   */
  @Nullable SparseRows sparseInput();

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
   * Returns the loss's gradient with respect to one of several inputs, to be filled by backward;
   * null if nobody needs it. The first is {@link #inputGradient()}.
   */
  float @Nullable [] inputGradient(int index);

  /**
   * Returns a buffer of this layer's own of at least that length, which keeps its content from
   * forward to backward.
   */
  float[] scratch(int length);

  /**
   * Returns one of several such buffers, for a layer with layers inside it.
   *
   * @param index which one, at least 0; none of them is that of {@link #scratch(int)}
   */
  float[] scratch(int index, int length);
}
