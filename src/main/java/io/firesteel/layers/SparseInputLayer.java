package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.List;

/**
 * A layer that can stand behind a sparse input, and then works with {@link LayerCall#sparseInput}.
 */
public interface SparseInputLayer {

  /**
   * Returns the weights for a sparse input of that shape, in the order of {@link Layer#weights};
   * those of which few rows have a gradient are {@link WeightSpec#rowSparse}.
   */
  List<WeightSpec> sparseWeights(Shape input);
}
