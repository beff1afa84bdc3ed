package io.firesteel.training;

import io.firesteel.network.Network;
import io.firesteel.network.NetworkVariable;

/**
 * Refuses a network whose variables can't fit into a heap, with the numbers, before anything is
 * allocated.
 *
 * <p>What is counted is the least that every training holds at once: the values and their
 * gradients, 4 bytes each. An optimizer's slots, sums in flight and checkpoints come on top.
 */
public final class VariableMemory {

  private VariableMemory() {}

  /**
   * Checks that a network can be trained in the heap of this process.
   *
   * @throws IllegalArgumentException if it can't
   */
  public static void requireDriver(Network network) {
    require(network, "the driver", "spark.driver.memory", Runtime.getRuntime().maxMemory());
  }

  /**
   * Checks that a network can be trained in a heap.
   *
   * @param process whose heap it is
   * @param setting what makes it larger
   * @param heap its bytes
   * @throws IllegalArgumentException if it can't
   */
  public static void require(Network network, String process, String setting, long heap) {
    long parameters = 0;
    long trainable = 0;
    for (NetworkVariable variable : network.variables()) {
      int size = variable.weight().shape().size();
      parameters += size;
      trainable += variable.trainable() ? size : 0;
    }

    long bytes = (parameters + trainable) * Float.BYTES;
    if (bytes > heap) {
      throw new IllegalArgumentException(
          "The %d parameters of the model %s and their gradients need at least %d MB of %s's memory, beside the optimizer's slots. Its heap has %d MB; raise %s (-Xmx without Spark) or make the model smaller"
              .formatted(
                  parameters,
                  network.spec().modelName(),
                  mebibytes(bytes),
                  process,
                  mebibytes(heap),
                  setting));
    }
  }

  private static long mebibytes(long bytes) {
    return bytes >>> 20;
  }
}
