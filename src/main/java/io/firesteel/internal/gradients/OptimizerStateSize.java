package io.firesteel.internal.gradients;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkVariable;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;

/**
 * How many values an optimizer keeps for a network, at least, found without allocating them: a copy
 * is built on variables of one value that have the real paths and ranks, and each part of its state
 * that has the shape of its variable counts as such a part of the real one. Smaller parts, such as
 * Adafactor's means of rows and columns, are left out.
 */
final class OptimizerStateSize {

  private OptimizerStateSize() {}

  /**
   * Returns the number of values: of a built optimizer those that it has, of one that can't be
   * rebuilt from its config none.
   */
  static long of(Optimizer optimizer, Network network) {
    if (optimizer.isBuilt()) {
      return optimizer.variables().stream()
          .filter(part -> !part.isInteger())
          .mapToLong(part -> part.shape().size())
          .sum();
    }

    Optimizer copy;
    try {
      copy = Optimizers.deserialize(Optimizers.serialize(optimizer));
    } catch (IllegalArgumentException e) {
      return 0;
    }

    List<NetworkVariable> trained =
        network.variables().stream().filter(NetworkVariable::trainable).toList();
    copy.build(trained.stream().map(OptimizerStateSize::ofOneValue).toList());
    return copy.variables().stream().mapToLong(part -> size(part, trained)).sum();
  }

  private static Variable ofOneValue(NetworkVariable variable) {
    return Variable.of(
        variable.weight().name(), variable.path(), shapeOfOneValue(variable), new float[1]);
  }

  private static Shape shapeOfOneValue(NetworkVariable variable) {
    int[] dims = new int[variable.weight().shape().rank()];
    Arrays.fill(dims, 1);
    return Shape.of(dims);
  }

  /** The size of the variable with the longest path that the part of the state is named after. */
  private static long size(Variable part, List<NetworkVariable> variables) {
    long size = 0;
    int longest = 0;
    for (NetworkVariable variable : variables) {
      String path = variable.path();
      if (path.length() > longest
          && !part.isInteger()
          && part.name().startsWith(path.replace('/', '_') + "_")
          && part.shape().equals(shapeOfOneValue(variable))) {
        longest = path.length();
        size = variable.weight().shape().size();
      }
    }

    return size;
  }
}
