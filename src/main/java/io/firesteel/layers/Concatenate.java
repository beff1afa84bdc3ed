package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The inputs one behind the other along an axis (Keras 3.15,
 * keras/src/layers/merging/concatenate.py). The axis counts the batch, which is 0; -1 is the last.
 */
public final class Concatenate extends MultiInputLayer<Concatenate> {

  private static final String NAME = "Concatenate";

  private final int axis;

  private Concatenate(int axis, LayerOptions options) {
    super(options);
    this.axis = axis;
    if (axis == 0) {
      throw new IllegalArgumentException(
          "Concatenate: 'axis' must not be the batch. Received: " + axis);
    }
  }

  /** Returns the layer for the last axis. */
  public static Concatenate of() {
    return new Concatenate(-1, LayerOptions.DEFAULT);
  }

  /** Returns this layer for an axis, of which 0 is the batch. */
  public Concatenate axis(int value) {
    return new Concatenate(value, options());
  }

  static Concatenate fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    int axis = reader.any("axis") == null ? -1 : reader.int32("axis", -1);
    Concatenate layer = new Concatenate(axis, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Concatenate with(LayerOptions newOptions) {
    return new Concatenate(axis, newOptions);
  }

  /** Returns the index of the axis within a row. */
  private int place(Shape input) {
    int place = axis < 0 ? axis + input.rank() : axis - 1;
    if (place < 0 || place >= input.rank()) {
      throw new IllegalArgumentException(
          "Concatenate: 'axis' must be an axis of the inputs. Received: axis=%d and the shape %s"
              .formatted(axis, input));
    }

    return place;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    int[] dims = inputs.get(0).dims();
    int place = place(inputs.get(0));
    for (Shape input : inputs.subList(1, inputs.size())) {
      int[] others = input.dims();
      int extent = others.length == dims.length ? others[place] : 0;
      if (others.length == dims.length) {
        others[place] = dims[place];
      }

      if (!Arrays.equals(dims, others)) {
        throw new IllegalArgumentException(
            "Concatenate needs inputs of equal shapes but for the axis %d. Received: %s"
                .formatted(axis, inputs));
      }

      dims[place] = Math.addExact(dims[place], extent);
    }

    return Shape.of(dims);
  }

  /** Returns the number of values of an input that stand next to each other in the output. */
  private int block(Shape input) {
    int block = 1;
    for (int i = place(input); i < input.rank(); i++) {
      block *= input.dim(i);
    }

    return block;
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    copy(inputs, call, true);
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    copy(inputs, call, false);
  }

  private void copy(List<Shape> inputs, LayerCall call, boolean forward) {
    int stride = 0;
    for (int k = 0; k < inputs.size(); k++) {
      stride += block(inputs.get(k));
    }

    int first = 0;
    for (int k = 0; k < inputs.size(); k++) {
      int block = block(inputs.get(k));
      int blocks = block == 0 ? 0 : call.rows() * inputs.get(k).size() / block;
      float[] own = forward ? call.input(k) : call.inputGradient(k);
      float[] all = forward ? call.output() : call.outputGradient();
      for (int b = 0; own != null && b < blocks; b++) {
        if (forward) {
          System.arraycopy(own, b * block, all, b * stride + first, block);
        } else {
          System.arraycopy(all, b * stride + first, own, b * block, block);
        }
      }

      first += block;
    }
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    if (masks.stream().allMatch(Objects::isNull)) {
      return null;
    }

    Shape output = computeOutputShape(inputs);
    int[] dims = output.dims();
    return Shape.of(Arrays.copyOf(dims, dims.length - 1));
  }

  /**
   * Behind each other along an axis that masks have, masks are so too. Along the last one a step
   * counts if it counts in an input; an input without a mask counts everywhere.
   */
  @Override
  public void computeMask(List<Shape> inputs, LayerCall call) {
    boolean[] output = call.outputMask();
    boolean last = place(inputs.get(0)) == inputs.get(0).rank() - 1;
    int width = inputs.get(0).dim(-1);
    int stride = 0;
    for (int k = 0; k < inputs.size() && !last; k++) {
      stride += block(inputs.get(k)) / width;
    }

    Arrays.fill(output, false);
    int first = 0;
    for (int k = 0; k < inputs.size(); k++) {
      boolean[] mask = call.mask(k);
      int block = last ? 1 : block(inputs.get(k)) / width;
      int steps = call.rows() * (inputs.get(k).size() / inputs.get(k).dim(-1));
      for (int i = 0; i < steps; i++) {
        int to = last ? i : i / block * stride + first + i % block;
        output[to] |= mask == null || mask[i];
      }

      first += block;
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("axis", axis).build();
  }
}
