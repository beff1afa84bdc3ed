package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatMath;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Probabilities along an axis, or over several: y = exp(x - max x) / sum exp(x - max x) (Keras
 * 3.15, keras/src/layers/activations/softmax.py). A second input is Keras's {@code mask}, of as
 * many dimensions, each that of the first input or 1: only the places where it is above 0.5 count,
 * and the others become 0.
 *
 * <p>Differs from Keras: several axes must be adjacent, and the batch is none of them. As in Keras,
 * a mask that the input carries fits only if it has a value for each of the input's.
 */
public final class Softmax extends MultiInputLayer<Softmax> {

  private static final List<String> CALL_NAMES = List.of("inputs", "mask");

  private final Axes axes;

  private Softmax(Axes axes, LayerOptions options) {
    super(options);
    this.axes = axes;
  }

  /** Returns the layer for the last axis. */
  public static Softmax of() {
    return of(-1);
  }

  /** Returns the layer for an axis, of which 0 is the batch. */
  public static Softmax of(int axis) {
    return new Softmax(Axes.of(axis), LayerOptions.DEFAULT);
  }

  /** Returns the layer for several adjacent axes, of which 0 is the batch. */
  public static Softmax over(int... axes) {
    return new Softmax(
        Axes.of("Softmax", Arrays.stream(axes).boxed().toList()), LayerOptions.DEFAULT);
  }

  boolean isOfLastAxis() {
    return axes.toConfig() instanceof Number axis && axis.intValue() == -1;
  }

  static Softmax fromConfig(Config config) {
    ConfigReader reader = config.reader("Softmax");
    Softmax layer = new Softmax(Axes.read("Softmax", reader), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Softmax with(LayerOptions newOptions) {
    return new Softmax(axes, newOptions);
  }

  @Override
  public List<String> callNames() {
    return CALL_NAMES;
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    Shape input = inputs.get(0);
    axes.block("Softmax", input);
    for (Shape mask : inputs.subList(1, inputs.size())) {
      boolean fits = inputs.size() == 2 && mask.rank() == input.rank();
      for (int i = 0; fits && i < mask.rank(); i++) {
        fits = mask.dim(i) == input.dim(i) || mask.dim(i) == 1;
      }

      if (!fits) {
        throw new IllegalArgumentException(
            "Softmax: 'mask' must have the shape %s, or 1 in place of extents. Received: %s"
                .formatted(input, mask));
      }
    }

    return input;
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  /** Returns for each value whether it counts, or null if all do. */
  private static boolean @Nullable [] counts(List<Shape> inputs, LayerCall call) {
    if (inputs.size() == 1) {
      return call.mask(0);
    }

    Shape input = inputs.get(0);
    Shape mask = inputs.get(1);
    boolean[] counts = new boolean[call.rows() * input.size()];
    for (int i = 0; i < counts.length; i++) {
      int row = i / input.size();
      int place = Broadcast.index(mask, input, i % input.size());
      counts[i] = call.input(1)[row * mask.size() + place] > 0.5f;
    }

    return counts;
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    AxisBlock block = axes.block("Softmax", inputs.get(0));
    boolean[] counts = counts(inputs, call);
    for (int vector = 0; vector < block.vectors(call.rows()); vector++) {
      if (counts == null) {
        ofAll(call.input(), call.output(), block, vector);
      } else {
        ofSome(call.input(), call.output(), counts, block, vector);
      }
    }
  }

  private static void ofAll(float[] x, float[] y, AxisBlock block, int vector) {
    int from = block.start(vector);
    int step = block.inner();
    int to = from + block.length() * step;
    float max = x[from];
    for (int i = from; i < to; i += step) {
      max = Math.max(max, x[i]);
    }

    float sum = 0.0f;
    for (int i = from; i < to; i += step) {
      y[i] = FloatMath.exp(x[i] - max);
      sum += y[i];
    }

    for (int i = from; i < to; i += step) {
      y[i] /= sum;
    }
  }

  private static void ofSome(float[] x, float[] y, boolean[] counts, AxisBlock block, int vector) {
    int from = block.start(vector);
    int step = block.inner();
    int to = from + block.length() * step;
    float max = Float.NEGATIVE_INFINITY;
    for (int i = from; i < to; i += step) {
      max = counts[i] ? Math.max(max, x[i]) : max;
    }

    float sum = 0.0f;
    for (int i = from; i < to; i += step) {
      y[i] = counts[i] ? FloatMath.exp(x[i] - max) : 0.0f;
      sum += y[i];
    }

    for (int i = from; i < to; i += step) {
      y[i] = counts[i] ? y[i] / sum : 0.0f;
    }
  }

  /** What does not count is 0, and so is its gradient. */
  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    float[] ofMask = inputs.size() == 2 ? call.inputGradient(1) : null;
    if (ofMask != null) {
      Arrays.fill(ofMask, 0, call.rows() * inputs.get(1).size(), 0.0f);
    }

    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    AxisBlock block = axes.block("Softmax", inputs.get(0));
    float[] y = call.output();
    float[] ofOutput = call.outputGradient();
    for (int vector = 0; vector < block.vectors(call.rows()); vector++) {
      int from = block.start(vector);
      int step = block.inner();
      int to = from + block.length() * step;
      float dot = 0.0f;
      for (int i = from; i < to; i += step) {
        dot += ofOutput[i] * y[i];
      }

      for (int i = from; i < to; i += step) {
        ofInput[i] = y[i] * (ofOutput[i] - dot);
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("axis", axes.toConfig()).build();
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    Shape mask = masks.get(0);
    if (mask != null && inputs.size() == 1 && !mask.equals(inputs.get(0))) {
      throw new IllegalArgumentException(
          "The layer '%s' does not take inputs with a mask of another shape, nor does Keras. Received: %s with a mask of %s"
              .formatted(name(), inputs.get(0), mask));
    }

    return mask;
  }
}
