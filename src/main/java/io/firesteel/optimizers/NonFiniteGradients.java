package io.firesteel.optimizers;

import io.firesteel.saving.ConfigReader;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

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

  static NonFiniteGradients read(ConfigReader reader, NonFiniteGradients absent) {
    if (!reader.seen(KEY)) {
      return absent;
    }

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
}
