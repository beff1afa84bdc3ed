package io.firesteel.layers;

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
}
