package io.firesteel.optimizers;

import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSparse;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an optimizer does with a step that has a NaN or infinite gradient, or next value of a
 * variable that gradients overwrite.
 *
 * <p>Gradients are looked at as they arrive, before they are divided by the loss scale factor, and
 * with accumulation on every call. Variables without a gradient don't count. In a {@link
 * MultiOptimizer} each inner optimizer goes by its own policy, for its own variables; but if one
 * fails, none has made a step. A {@link LossScaleOptimizer} drops such steps itself, whatever its
 * inner optimizer's policy is.
 *
 * <p>This is Firesteel's; Keras always propagates. The config of an optimizer names the policy as
 * {@code "non_finite_gradients": "skip"} or {@code "fail"}, which Keras refuses, and not at all if
 * it is the default.
 */
public enum NonFiniteGradients {
  /** Makes the step as any other, as Keras: NaN reaches the variables. The default. */
  PROPAGATE,

  /**
   * Leaves the step out, for all variables, and logs a warning. Nothing changes: not the variables,
   * nor slots, averages and sums of accumulated gradients, nor {@code iteration}, so that neither
   * bias corrections nor schedules advance, and a mean of accumulated gradients is of as many
   * finite ones.
   */
  SKIP,

  /**
   * Refuses the step with an {@link ArithmeticException}. Nothing changes, as with {@code SKIP}.
   */
  FAIL;

  static final String KEY = "non_finite_gradients";

  /** Reads the policy of a config that has one. */
  static NonFiniteGradients read(ConfigReader reader) {
    Object value = reader.any(KEY);
    return Arrays.stream(values())
        .filter(policy -> policy.toConfig().equals(value))
        .findAny()
        .orElseThrow(() -> reader.invalid(KEY, "one of " + allowed()));
  }

  private static List<String> allowed() {
    return Arrays.stream(values()).map(NonFiniteGradients::toConfig).toList();
  }

  /** Returns the name in a config. */
  String toConfig() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Looks for NaN and infinite gradients, as the policy of an optimizer wants it. */
  static final class Check {

    private static final Logger LOG = LoggerFactory.getLogger(NonFiniteGradients.class);

    private final String owner;
    private final NonFiniteGradients policy;

    private Check(String owner, NonFiniteGradients policy) {
      this.owner = owner;
      this.policy = policy;
    }

    /** Returns the check of an optimizer of that name, null for none. */
    static @Nullable Check of(String owner, NonFiniteGradients policy) {
      return policy == NonFiniteGradients.PROPAGATE ? null : new Check(owner, policy);
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
}
