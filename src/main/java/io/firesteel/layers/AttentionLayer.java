package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer in which each step of a query takes a weighted mean of the steps of a value.
 *
 * @param <L> the layer's own class
 */
public abstract class AttentionLayer<L extends AttentionLayer<L>> extends MultiInputLayer<L> {

  AttentionLayer(LayerOptions options) {
    super(options);
  }

  /**
   * Calls the layer with Keras's {@code use_causal_mask=True}: a step of the query sees no step of
   * the value that comes after it.
   *
   * @throws IllegalArgumentException if the layer does not take such inputs
   */
  public final KerasTensor callCausal(KerasTensor... inputs) {
    @Nullable Boolean training = null;
    return KerasTensor.of(this, List.of(inputs), new CallOptions(training, true));
  }

  /**
   * Calls the layer with Keras's {@code return_attention_scores=True}.
   *
   * @param useCausalMask whether no step of the query sees a later one of the value
   * @return the output and the scores, which are the weights of the steps of the value for each
   *     step of the query
   * @throws IllegalArgumentException if the layer does not take such inputs
   */
  public final List<KerasTensor> callForScores(boolean useCausalMask, KerasTensor... inputs) {
    @Nullable Boolean training = null;
    CallOptions options = new CallOptions(training, useCausalMask).withScores();
    return KerasTensor.node(this, List.of(inputs), options).outputs();
  }

  /** The shape of a row of the scores. */
  abstract Shape scoresShape(List<Shape> inputs);

  /**
   * Checks a call.
   *
   * @throws IllegalArgumentException if the inputs do not go with {@code use_causal_mask}
   */
  void requireOrder(List<Shape> inputs) {}
}
