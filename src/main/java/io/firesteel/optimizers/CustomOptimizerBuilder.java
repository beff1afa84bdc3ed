package io.firesteel.optimizers;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Collects the arguments of an optimizer that has no builder class of its own, see {@link
 * Optimizers#builder}.
 *
 * @param <O> the optimizer
 */
public final class CustomOptimizerBuilder<O extends BaseOptimizer>
    extends OptimizerBuilder<O, CustomOptimizerBuilder<O>> {

  CustomOptimizerBuilder(Class<O> type, Function<OptimizerArguments, O> constructor) {
    super(type, constructor);
  }

  /**
   * Sets an argument of the optimizer's own.
   *
   * @param key its name in the config
   * @param value a number, a text, true, false, null, or a list of these
   */
  @Override
  public CustomOptimizerBuilder<O> set(String key, @Nullable Object value) {
    return super.set(key, value);
  }
}
