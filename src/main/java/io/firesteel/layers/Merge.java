package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that combines the values of two or more inputs one by one (Keras 3.15,
 * keras/src/layers/merging/base_merge.py). An input with fewer axes, or with an axis of extent 1
 * where others have more, is repeated along these.
 *
 * @param <L> the layer's own class
 */
abstract class Merge<L extends Merge<L>> extends MultiInputLayer<L> {

  Merge(LayerOptions options) {
    super(options);
  }

  /** Combines {@code n} values so far with those of one more input. */
  abstract void fold(float[] sum, float[] values, int offset, int n);

  /** Finishes {@code n} combined values of so many inputs. */
  void finish(float[] sum, int inputs, int n) {}

  /**
   * Fills the gradient of the values of one input.
   *
   * @param g the gradient of the output
   * @param target filled from {@code to} on
   */
  abstract void gradient(Operands operands, int input, float[] g, float[] target, int to, int n);

  /** Returns the largest number of inputs. */
  int mostInputs() {
    return Integer.MAX_VALUE;
  }

  @Override
  public final boolean builtAtInit() {
    return false;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    if (inputs.size() < 2 || inputs.size() > mostInputs()) {
      throw new IllegalArgumentException(
          "%s takes %s inputs. Received: %d"
              .formatted(
                  getClass().getSimpleName(),
                  mostInputs() == 2 ? "exactly 2" : "2 or more",
                  inputs.size()));
    }

    Shape output = inputs.get(0);
    for (Shape input : inputs) {
      output = Broadcast.of(getClass().getSimpleName(), output, input);
    }

    return output;
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    Operands operands = new Operands(computeOutputShape(inputs), inputs, call);
    float[] y = call.output();
    int n = operands.size();
    System.arraycopy(operands.values(0), operands.offset(0), y, 0, n);
    for (int k = 1; k < inputs.size(); k++) {
      fold(y, operands.values(k), operands.offset(k), n);
    }

    finish(y, inputs.size(), n);
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    Operands operands = new Operands(computeOutputShape(inputs), inputs, call);
    int n = operands.size();
    for (int k = 0; k < inputs.size(); k++) {
      float[] target = call.inputGradient(k);
      if (target == null) {
        continue;
      }

      if (operands.isWhole(k)) {
        gradient(operands, k, call.outputGradient(), target, 0, n);
      } else {
        float[] work = operands.work();
        gradient(operands, k, call.outputGradient(), work, operands.workOffset(), n);
        operands.sumTo(k, target);
      }
    }
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    for (Shape mask : masks) {
      if (mask == null || !mask.equals(masks.get(0))) {
        return null;
      }
    }

    return masks.get(0);
  }

  /** A step counts if it counts in an input. */
  @Override
  public void computeMask(List<Shape> inputs, LayerCall call) {
    boolean[] output = call.outputMask();
    Arrays.fill(output, false);
    for (int k = 0; k < inputs.size(); k++) {
      boolean[] mask = call.mask(k);
      for (int i = 0; mask != null && i < Math.min(mask.length, output.length); i++) {
        output[i] |= mask[i];
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().build();
  }
}
