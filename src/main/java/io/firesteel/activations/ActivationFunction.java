package io.firesteel.activations;

import io.firesteel.saving.Config;
import io.firesteel.saving.KerasSerializable;

/**
 * A function of each row of a layer's output, and its derivative. Most are elementwise; softmax
 * looks at whole vectors of the last axis.
 */
public abstract class ActivationFunction implements KerasSerializable {

  /**
   * Computes the function.
   *
   * @param x vectors x width
   * @param y filled with the result; may be {@code x} itself
   * @param vectors the number of vectors of the last axis
   * @param width their length
   */
  public abstract void call(float[] x, float[] y, int vectors, int width);

  /**
   * Turns the gradient with respect to the result into the one with respect to the argument, in
   * place. The built-in functions leave no denormal numbers behind, which would slow what comes
   * before: {@link io.firesteel.tensor.FloatOps#flush} makes them zero.
   *
   * @param x the argument; only where {@link #needsInput} says so, else it may be anything
   * @param y the result
   * @param gradient the gradient with respect to {@code y}, overwritten with that to {@code x}
   */
  public abstract void backward(float[] x, float[] y, float[] gradient, int vectors, int width);

  /** Tells whether {@link #backward} needs the argument, not only the result. */
  public boolean needsInput() {
    return false;
  }

  /** Returns the config; empty unless a custom function has arguments. */
  @Override
  public Config getConfig() {
    return Config.empty();
  }
}
