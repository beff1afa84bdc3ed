package io.firesteel.internal.network;

import io.firesteel.layers.Layer;
import io.firesteel.layers.LayerCall;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of several outputs of a layer, as a call of its own that reads the row in which they follow
 * one another. It is in networks alone, never in a model or a file.
 */
public final class OutputPart extends Layer {

  private final int first;
  private final Shape shape;
  private final boolean masked;

  /**
   * Creates a part.
   *
   * @param masked whether the layer's mask is also that of this output, if it has steps
   */
  OutputPart(String name, int first, Shape shape, boolean masked) {
    super(name, true);
    this.first = first;
    this.shape = shape;
    this.masked = masked;
  }

  /** Returns where the output begins in a row. */
  public int first() {
    return first;
  }

  /** Returns the shape of a row of the output. */
  public Shape shape() {
    return shape;
  }

  @Override
  public OutputPart withName(String newName) {
    return new OutputPart(newName, first, shape, masked);
  }

  @Override
  public OutputPart withTrainable(boolean value) {
    return this;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return shape;
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    Shape mask = masks.get(0);
    return masked && mask != null && mask.rank() < shape.rank() ? mask : null;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    for (int row = 0; row < call.rows(); row++) {
      int from = row * input.size() + first;
      System.arraycopy(call.input(), from, call.output(), row * shape.size(), shape.size());
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    for (int row = 0; gradient != null && row < call.rows(); row++) {
      int from = row * input.size();
      Arrays.fill(gradient, from, from + input.size(), 0.0f);
      System.arraycopy(
          call.outputGradient(), row * shape.size(), gradient, from + first, shape.size());
    }
  }

  @Override
  public Config getConfig() {
    return Config.builder().put("first", first).put("shape", shape.toList()).build();
  }
}
