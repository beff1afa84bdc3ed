package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a layer works out for the shape of its input, kept for the last shape, as that is nearly
 * always the same. Threads may ask at once; each gets what belongs to its shape.
 *
 * @param <P> what is worked out; nothing may change it
 */
final class LastShape<P> {

  private record Known<P>(Shape input, P plan) {}

  private final Function<Shape, P> planner;
  private volatile @Nullable Known<P> last;

  /** Creates one without a shape yet. */
  LastShape(Function<Shape, P> planner) {
    this.planner = planner;
  }

  /** Returns what was worked out for a shape. */
  P of(Shape input) {
    Known<P> known = last;
    if (known == null || !known.input().equals(input)) {
      known = new Known<>(input, planner.apply(input));
      last = known;
    }

    return known.plan();
  }
}
