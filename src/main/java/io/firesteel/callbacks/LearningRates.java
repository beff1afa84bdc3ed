package io.firesteel.callbacks;

import io.firesteel.optimizers.LossScaleOptimizer;
import io.firesteel.optimizers.MultiOptimizer;
import io.firesteel.optimizers.Optimizer;
import java.util.List;
import java.util.Map;

/**
 * The learning rates of an optimizer: one, or that of each optimizer of a {@link MultiOptimizer},
 * as Keras's callbacks see them.
 */
final class LearningRates {

  private LearningRates() {}

  /** Returns the optimizers that have a rate each. */
  static List<Optimizer> optimizers(Optimizer optimizer) {
    Optimizer inner = inner(optimizer);
    return inner instanceof MultiOptimizer several
        ? List.copyOf(several.optimizers())
        : List.of(inner);
  }

  /** Adds {@code learning_rate}, or {@code learning_rate_<name>} of each of several, to logs. */
  static void putInto(Map<String, Double> logs, Optimizer optimizer) {
    Optimizer inner = inner(optimizer);
    for (Optimizer each : optimizers(optimizer)) {
      String name = each == inner ? "" : "_" + each.name();
      logs.put("learning_rate" + name, (double) each.learningRate());
    }
  }

  private static Optimizer inner(Optimizer optimizer) {
    return optimizer instanceof LossScaleOptimizer scaled ? scaled.innerOptimizer() : optimizer;
  }

  /**
   * Refuses an optimizer whose learning rate can't be set.
   *
   * @param callback the callback that wants to
   */
  static void requireSettable(Optimizer optimizer, String callback) {
    for (Optimizer each : optimizers(optimizer)) {
      try {
        each.setLearningRate(each.learningRate());
      } catch (IllegalStateException e) {
        throw new IllegalArgumentException(
            "%s needs an optimizer whose learning rate is a number. Received: %s"
                .formatted(callback, e.getMessage()),
            e);
      }
    }
  }
}
