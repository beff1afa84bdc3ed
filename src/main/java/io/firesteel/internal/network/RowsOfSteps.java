package io.firesteel.internal.network;

import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerCall;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of rows as rows of their own, or such rows as steps again: the same values in the same
 * order. A model that is applied to each step lies between two of these. The second may read what
 * the first one read, whose mask is then that of its output. It is in networks alone, never in a
 * model or a file.
 */
public final class RowsOfSteps extends Layer {

  private final Shape shape;

  RowsOfSteps(String name, Shape shape) {
    super(name, true);
    this.shape = shape;
  }

  /** Returns the shape of a row of the output. */
  public Shape shape() {
    return shape;
  }

  @Override
  public RowsOfSteps withName(String newName) {
    return new RowsOfSteps(newName, shape);
  }

  @Override
  public RowsOfSteps withTrainable(boolean value) {
    return this;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return shape;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    return shape;
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return masks.size() > 1 ? masks.get(1) : null;
  }

  @Override
  public void computeMask(List<Shape> inputs, LayerCall call) {
    boolean[] mask = call.mask(1);
    if (mask != null) {
      System.arraycopy(mask, 0, call.outputMask(), 0, call.rows() * shape.dim(0));
    }
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    System.arraycopy(call.input(), 0, call.output(), 0, call.rows() * shape.size());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      System.arraycopy(call.outputGradient(), 0, gradient, 0, call.rows() * shape.size());
    }
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    backward(inputs.get(0), call);
    float[] ofMasked = inputs.size() > 1 ? call.inputGradient(1) : null;
    if (ofMasked != null) {
      Arrays.fill(ofMasked, 0, call.rows() * inputs.get(1).size(), 0.0f);
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("shape", shape.toList()).build();
  }
}
