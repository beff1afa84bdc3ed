package io.firesteel.layers;

import io.firesteel.tensor.RandomStream;
import org.jspecify.annotations.Nullable;

/** What layers that drop values draw in training. */
final class DropFactors {

  private DropFactors() {}

  /** Returns the random numbers of a call, which its layer's own seed changes if there is one. */
  static RandomStream random(@Nullable Long seed, LayerCall call) {
    return seed == null ? RandomStream.of(call.seed()) : RandomStream.of(seed, call.seed());
  }

  /**
   * Fills n places with 0, by a probability, or with 1 / (1 - rate).
   *
   * @param rate the probability, at least 0 and below 1; for 0 no numbers are drawn
   */
  static void draw(RandomStream random, double rate, float[] factors, int start, int n) {
    float kept = (float) (1.0 / (1.0 - rate));
    for (int i = start; i < start + n; i++) {
      factors[i] = rate > 0 && random.nextFloat() < (float) rate ? 0.0f : kept;
    }
  }
}
