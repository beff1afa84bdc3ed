package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a call of a layer that are no tensors.
 *
 * @param training Keras's {@code training}, or null; it is kept for files alone: as in Keras 3.15,
 *     the mode of the model counts
 * @param useCausalMask Keras's {@code use_causal_mask} of the attention layers: no step sees a
 *     later one
 * @param returnAttentionScores Keras's {@code return_attention_scores} of the attention layers: the
 *     weights of the steps are a second output
 * @param reverse Keras's {@code reverse} of {@link ReversibleEmbedding}
 * @param isOperation whether the file has an operation ({@code x + y}) where the layer stands here;
 *     Keras's operations lose masks
 */
public record CallOptions(
    @Nullable Boolean training,
    boolean useCausalMask,
    boolean returnAttentionScores,
    boolean reverse,
    boolean isOperation) {

  /** Those of a call without such arguments. */
  public static final CallOptions NONE = new CallOptions(null, false);

  /** Those of a call of a layer. */
  public CallOptions(@Nullable Boolean training, boolean useCausalMask) {
    this(training, useCausalMask, false, false, false);
  }

  /** Returns these arguments for what was an operation in the file. */
  public CallOptions ofOperation() {
    return new CallOptions(training, useCausalMask, returnAttentionScores, reverse, true);
  }

  /** Returns these arguments for a call that gives the scores, too. */
  public CallOptions withScores() {
    return new CallOptions(training, useCausalMask, true, reverse, isOperation);
  }

  /** Returns these arguments for a call that goes from vectors to scores of ids. */
  public CallOptions withReverse() {
    return new CallOptions(training, useCausalMask, returnAttentionScores, true, isOperation);
  }

  /**
   * Returns the shapes of one row of each output of a call.
   *
   * @throws IllegalArgumentException if the layer does not take such inputs or arguments
   */
  public List<Shape> outputShapes(Layer layer, List<Shape> inputs) {
    if (reverse && layer instanceof ReversibleEmbedding embedding) {
      return List.of(embedding.reverseShape(inputs.get(0)));
    }

    if (!(layer instanceof AttentionLayer<?> attention)) {
      return layer.computeOutputShapes(inputs);
    }

    Shape output = attention.computeOutputShape(inputs);
    if (useCausalMask) {
      attention.requireOrder(inputs);
    }

    return returnAttentionScores ? List.of(output, attention.scoresShape(inputs)) : List.of(output);
  }

  /**
   * Returns the shape of one row in which the values of all outputs of a call follow each other.
   */
  public Shape outputShape(Layer layer, List<Shape> inputs) {
    List<Shape> outputs = outputShapes(layer, inputs);
    return outputs.size() == 1
        ? outputs.get(0)
        : Shape.of(outputs.stream().mapToInt(Shape::size).sum());
  }
}
