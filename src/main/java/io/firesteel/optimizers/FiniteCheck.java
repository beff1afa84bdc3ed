package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSparse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks for NaN and infinite gradients, as the policy of an optimizer wants it. */
final class FiniteCheck {

  private static final Logger LOG = LoggerFactory.getLogger(FiniteCheck.class);

  private final String owner;
  private final NonFiniteGradients policy;

  private FiniteCheck(OptimizerArguments arguments) {
    this.owner = arguments.name();
    this.policy = arguments.nonFiniteGradients();
  }

  /** Returns the check that an optimizer's arguments ask for, null for none. */
  static @Nullable FiniteCheck of(OptimizerArguments arguments) {
    boolean looks = arguments.nonFiniteGradients() != NonFiniteGradients.PROPAGATE;
    return looks ? new FiniteCheck(arguments) : null;
  }

  /**
   * Tells whether a step is to be left out, with a warning.
   *
   * @param iteration the number of calls completed so far
   * @throws ArithmeticException if the step is to be refused
   */
  boolean skips(List<GradAndVar> step, long iteration) {
    refuse(step, iteration);
    GradAndVar bad = policy == NonFiniteGradients.SKIP ? firstNonFinite(step) : null;
    if (bad != null) {
      LOG.warn("{}. The step is skipped", describe(bad, iteration));
    }

    return bad != null;
  }

  /** Throws if a step is to be refused. */
  void refuse(List<GradAndVar> step, long iteration) {
    GradAndVar bad = policy == NonFiniteGradients.FAIL ? firstNonFinite(step) : null;
    if (bad != null) {
      throw new ArithmeticException(
          describe(bad, iteration)
              + ". The step is refused, as nonFiniteGradients is FAIL; it can be SKIP or"
              + " PROPAGATE");
    }
  }

  private static @Nullable GradAndVar firstNonFinite(List<GradAndVar> step) {
    for (int i = 0; i < step.size(); i++) {
      Gradient gradient = step.get(i).gradient();
      if (gradient != null && !isFinite(gradient)) {
        return step.get(i);
      }
    }

    return null;
  }

  /** Tells whether all values are finite; of rows that are there several times, their sums. */
  static boolean isFinite(Gradient gradient) {
    Gradient summed = gradient instanceof RowSparse sparse ? sparse.sumDuplicates() : gradient;
    return FloatOps.allFinite(summed.values());
  }

  private String describe(GradAndVar pair, long iteration) {
    Gradient gradient = Objects.requireNonNull(pair.gradient());
    float[] values =
        gradient instanceof RowSparse sparse ? sparse.toDense().values() : gradient.values();
    int position = 0;
    while (Float.isFinite(values[position])) {
      position++;
    }

    return "%s: the gradient of %s must be finite. Received in step %d, element %d: %s"
        .formatted(owner, pair.variable().path(), iteration, position, values[position]);
  }
}
