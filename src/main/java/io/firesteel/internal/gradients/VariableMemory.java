package io.firesteel.internal.gradients;

import io.firesteel.internal.network.Network;
import io.firesteel.internal.network.NetworkVariable;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.Optimizers;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Refuses a network that can't be trained in a heap, with the numbers, before anything is
 * allocated.
 *
 * <p>What is counted is the least that every training holds at once, 4 bytes each: in the driver
 * the values, their gradients and the optimizer's state; in an executor the values and those
 * gradients that are not summed up by the rows that a batch touches. Sums in flight, activations,
 * rows and checkpoints come on top.
 */
public final class VariableMemory {

  private static final String DRIVER_MEMORY = "spark.driver.memory (-Xmx without Spark)";

  private VariableMemory() {}

  /**
   * Checks that the values and gradients of a network have room in the heap of this process.
   *
   * @throws IllegalArgumentException if they have not
   */
  public static void requireDriver(Network network) {
    requireDriver(network, Runtime.getRuntime().maxMemory());
  }

  static void requireDriver(Network network, long heap) {
    long values = values(network, any -> true);
    long bytes = Float.BYTES * (values + values(network, NetworkVariable::trainable));
    if (bytes > heap) {
      throw new IllegalArgumentException(
          "The %d parameters of the model %s and their gradients need at least %d MB of the driver's memory, beside the optimizer's state. Its heap has %d MB; raise %s or make the model smaller"
              .formatted(
                  values, network.modelName(), mebibytes(bytes), mebibytes(heap), DRIVER_MEMORY));
    }
  }

  /**
   * Checks that the values and gradients of a network and the state of its optimizer have room in
   * the heap of this process.
   *
   * @throws IllegalArgumentException if they have not
   */
  public static void requireDriver(Network network, Optimizer optimizer) {
    requireDriver(network, optimizer, Runtime.getRuntime().maxMemory());
  }

  /** Returns how many values an optimizer keeps for a network: its state and the gradients. */
  public static long trainingValues(Network network, Optimizer optimizer) {
    return values(network, NetworkVariable::trainable) + OptimizerStateSize.of(optimizer, network);
  }

  static void requireDriver(Network network, Optimizer optimizer, long heap) {
    long values = values(network, any -> true);
    long state = OptimizerStateSize.of(optimizer, network);
    long bytes = Float.BYTES * (values + trainingValues(network, optimizer));
    if (bytes > heap) {
      throw new IllegalArgumentException(
          "The %d parameters of the model %s, their gradients and the %d values that the optimizer %s keeps need at least %d MB of the driver's memory. Its heap has %d MB; raise %s, make the model smaller or take an optimizer that keeps less"
              .formatted(
                  values,
                  network.modelName(),
                  state,
                  optimizer.name(),
                  mebibytes(bytes),
                  mebibytes(heap),
                  DRIVER_MEMORY));
    }
  }

  /**
   * Checks the same for a training with checkpoints, which copies the values and the state to write
   * them while it goes on.
   *
   * @throws IllegalArgumentException if they have not
   */
  public static void requireDriverWithCheckpoints(Network network, Optimizer optimizer) {
    requireDriverWithCheckpoints(network, optimizer, Runtime.getRuntime().maxMemory());
  }

  static void requireDriverWithCheckpoints(Network network, Optimizer optimizer, long heap) {
    requireDriver(network, optimizer, heap);
    long copied = values(network, any -> true) + OptimizerStateSize.of(optimizer, network);
    long bytes = Float.BYTES * (2 * copied + values(network, NetworkVariable::trainable));
    if (bytes > heap) {
      throw new IllegalArgumentException(
          "The model %s, its gradients, the state of the optimizer %s and the copy of values and state that a checkpoint is written from need at least %d MB of the driver's memory. Its heap has %d MB; raise %s, make the model smaller or train without checkpoints"
              .formatted(
                  network.modelName(),
                  optimizer.name(),
                  mebibytes(bytes),
                  mebibytes(heap),
                  DRIVER_MEMORY));
    }
  }

  /**
   * Tells whether the heap of this process has ample room for a copy of the values and the state,
   * beside what a training with checkpoints holds: with the copy, the messages to and the sums from
   * two executors, all fits into half of it.
   */
  public static boolean hasRoomForCopy(Network network, Optimizer optimizer) {
    return hasRoomForCopy(network, optimizer, Runtime.getRuntime().maxMemory());
  }

  static boolean hasRoomForCopy(Network network, Optimizer optimizer, long heap) {
    long values = values(network, any -> true);
    long copied = values + OptimizerStateSize.of(optimizer, network);
    long gradients = values(network, NetworkVariable::trainable);
    return Float.BYTES * (3 * copied + 2 * values + 3 * gradients) <= heap / 2;
  }

  /**
   * Returns what says that the heap of this process was exhausted although it passed the checks.
   */
  public static IllegalStateException exhausted(Network network, OutOfMemoryError error) {
    return new IllegalStateException(
        "The training of the %d parameters of the model %s ran out of the driver's memory (%s). Its heap has %d MB; raise %s or make the model smaller"
            .formatted(
                values(network, any -> true),
                network.modelName(),
                error.getMessage(),
                mebibytes(Runtime.getRuntime().maxMemory()),
                DRIVER_MEMORY),
        error);
  }

  /**
   * Checks that an executor has room to compute the gradients of a network.
   *
   * @param setting what makes its heap larger
   * @param heap the bytes of its heap
   * @throws IllegalArgumentException if it has not
   */
  public static void requireExecutor(Network network, String setting, long heap) {
    long values = values(network, any -> true);
    long gradients = values(network, variable -> variable.trainable() && !variable.byRows());
    long bytes = Float.BYTES * (values + gradients);
    if (bytes > heap) {
      throw new IllegalArgumentException(
          "The %d parameters of the model %s and the %d values of gradients that are computed whole need at least %d MB of an executor's memory. Its heap has %d MB; raise %s or make the model smaller"
              .formatted(
                  values,
                  network.modelName(),
                  gradients,
                  mebibytes(bytes),
                  mebibytes(heap),
                  setting));
    }
  }

  private static long values(Network network, Predicate<NetworkVariable> counted) {
    return network.variables().stream()
        .filter(counted)
        .mapToLong(variable -> variable.weight().shape().size())
        .sum();
  }

  private static long mebibytes(long bytes) {
    return bytes >>> 20;
  }

  /**
   * How many values an optimizer keeps for a network, at least, found without allocating them: a
   * copy is built on variables of one value that have the real paths and ranks, and each part of
   * its state that has the shape of its variable counts as such a part of the real one. Smaller
   * parts, such as Adafactor's means of rows and columns, are left out.
   */
  static final class OptimizerStateSize {

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
}
