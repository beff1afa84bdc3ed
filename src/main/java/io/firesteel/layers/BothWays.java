package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Bidirectional} makes of the outputs of its two layers: each of their rows has the
 * output of the steps and then the states, and so has a row of the merged output. The second
 * layer's steps come in the order of going, from the end.
 */
final class BothWays {

  private final @Nullable String mode;
  private final int rows;
  private final int steps;
  private final int one;
  private final int other;
  private final int oneStates;
  private final int otherStates;

  /** The values of a step in the output, and where those of the second layer begin. */
  private final int step;

  private final int otherStep;
  private final int second;

  BothWays(Bidirectional layer, Shape input, int rows) {
    RecurrentLayer<?> forward = layer.forwardLayer();
    RecurrentLayer<?> backward = layer.backwardLayer();
    this.mode = layer.mode();
    this.rows = rows;
    this.steps = layer.returnsSequences() ? input.dim(0) : 1;
    this.one = forward.units();
    this.other = backward.units();
    this.oneStates = layer.returnsState() ? forward.states() * one : 0;
    this.otherStates = layer.returnsState() ? backward.states() * other : 0;
    boolean joined = "concat".equals(mode);
    this.step = joined ? one + other : one;
    this.otherStep = joined ? one + other : other;
    this.second = joined ? one : mode == null ? steps * one : 0;
  }

  /** The values of a row of the first layer's output. */
  int ofOne() {
    return steps * one + oneStates;
  }

  int ofOther() {
    return steps * other + otherStates;
  }

  /** The values of a row of the output that come of the steps. */
  private int sequence() {
    return mode == null ? steps * (one + other) : steps * step;
  }

  private boolean isApart() {
    return mode == null || mode.equals("concat");
  }

  void merge(float[] first, float[] last, float[] output) {
    for (int row = 0; row < rows; row++) {
      int out = row * (sequence() + oneStates + otherStates);
      int x = row * ofOne();
      int y = row * ofOther();
      for (int i = 0; i < steps; i++) {
        int reversed = y + (steps - 1 - i) * other;
        if (isApart()) {
          System.arraycopy(first, x + i * one, output, out + i * step, one);
          System.arraycopy(last, reversed, output, out + second + i * otherStep, other);
        } else {
          for (int u = 0; u < one; u++) {
            output[out + i * step + u] = merge(first[x + i * one + u], last[reversed + u]);
          }
        }
      }

      int states = out + sequence();
      System.arraycopy(first, x + steps * one, output, states, oneStates);
      System.arraycopy(last, y + steps * other, output, states + oneStates, otherStates);
    }
  }

  private float merge(float x, float y) {
    if ("sum".equals(mode)) {
      return x + y;
    }

    return "ave".equals(mode) ? (x + y) / 2 : x * y;
  }

  /** Fills the gradients of both layers' outputs. */
  void gradients(float[] first, float[] last, float[] g, float[] ofFirst, float[] ofLast) {
    for (int row = 0; row < rows; row++) {
      int out = row * (sequence() + oneStates + otherStates);
      int x = row * ofOne();
      int y = row * ofOther();
      for (int i = 0; i < steps; i++) {
        int reversed = y + (steps - 1 - i) * other;
        if (isApart()) {
          System.arraycopy(g, out + i * step, ofFirst, x + i * one, one);
          System.arraycopy(g, out + second + i * otherStep, ofLast, reversed, other);
        } else {
          for (int u = 0; u < one; u++) {
            float of = g[out + i * step + u];
            ofFirst[x + i * one + u] = of * slope(last[reversed + u]);
            ofLast[reversed + u] = of * slope(first[x + i * one + u]);
          }
        }
      }

      int states = out + sequence();
      System.arraycopy(g, states, ofFirst, x + steps * one, oneStates);
      System.arraycopy(g, states + oneStates, ofLast, y + steps * other, otherStates);
    }
  }

  private float slope(float otherValue) {
    if ("sum".equals(mode)) {
      return 1.0f;
    }

    return "ave".equals(mode) ? 0.5f : otherValue;
  }
}
