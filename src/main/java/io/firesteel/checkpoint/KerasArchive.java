package io.firesteel.checkpoint;

import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The content of a {@code .keras} file.
 *
 * @param config the model in Keras's serialized form ({@code config.json})
 * @param layers the weights of every layer, in the model's order; layers without weights too
 * @param optimizer the optimizer's state, or null if the model was not compiled
 */
public record KerasArchive(Config config, List<Weights> layers, @Nullable Weights optimizer) {

  /**
   * The variables of one layer or optimizer.
   *
   * @param className the Keras class name, which names the layer's group in the file
   * @param name the name of the object
   * @param variables its variables in Keras's order; those read from a file are named by position
   */
  public record Weights(String className, String name, List<Variable> variables) {}
}
