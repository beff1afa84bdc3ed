package io.firesteel.optimizers;

/**
 * A part of a step that treats each element by itself.
 *
 * @param <S> what it needs to know of the step
 */
@FunctionalInterface
interface RangeStep<S> {

  /** Treats the elements from {@code from} to before {@code to} of the variable at a position. */
  void apply(S step, int position, int from, int to);
}
