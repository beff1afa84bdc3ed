package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that makes so many values of a sequence, image or volume as it was told, channel by
 * channel: along an axis of n places the i-th of m windows begins at floor(i n / m) and ends before
 * ceil((i + 1) n / m) (Keras 3.15, keras/src/layers/pooling/base_adaptive_pooling.py). The gradient
 * of a largest value goes to the first place that has it.
 *
 * @param <L> the layer's own class
 */
abstract class AdaptivePooling<L extends AdaptivePooling<L>> extends KerasLayer<L> {

  private static final String KEY = "output_size";

  /** What a layer is told. */
  record Arguments(int[] outputSize, DataFormat format) {

    static Arguments of(String layer, int... outputSize) {
      List<Integer> given = Arrays.stream(outputSize).boxed().toList();
      boolean ok = given.stream().allMatch(size -> size >= 1);
      Argument.require(layer, KEY, given, ok, "integers >= 1");
      return new Arguments(outputSize.clone(), DataFormat.CHANNELS_LAST);
    }

    /** Reads one integer, which counts for all axes, or one for each. */
    static Arguments read(String layer, ConfigReader reader, int rank) {
      Object given = reader.any(KEY);
      int[] sizes = new int[rank];
      for (int axis = 0; axis < rank; axis++) {
        Object size =
            given instanceof List<?> list ? list.size() == rank ? list.get(axis) : null : given;
        if (!(size instanceof Long number) || number < 1 || number > Integer.MAX_VALUE) {
          throw reader.invalid(KEY, "one integer >= 1, or %d of them".formatted(rank));
        }

        sizes[axis] = number.intValue();
      }

      return new Arguments(sizes, DataFormat.read(layer, reader));
    }
  }

  private final Arguments arguments;
  private final boolean largest;

  /**
   * Creates the layer.
   *
   * @param largest whether the values are the largest of their windows, not the means
   */
  AdaptivePooling(boolean largest, Arguments arguments, LayerOptions options) {
    super(options);
    this.largest = largest;
    this.arguments = arguments;
  }

  abstract L with(Arguments newArguments, LayerOptions newOptions);

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    DataFormat format = DataFormat.of(getClass().getSimpleName(), value);
    return with(new Arguments(arguments.outputSize, format), options());
  }

  @Override
  protected final L with(LayerOptions newOptions) {
    return with(arguments, newOptions);
  }

  private int rank() {
    return arguments.outputSize.length;
  }

  private boolean isFirst() {
    return arguments.format == DataFormat.CHANNELS_FIRST;
  }

  @Override
  public final Shape computeOutputShape(Shape input) {
    if (input.rank() != rank() + 1) {
      throw new IllegalArgumentException(
          "%s needs rows of %d dimensions. Received the shape: %s"
              .formatted(getClass().getSimpleName(), rank() + 1, input));
    }

    int[] dims = input.dims();
    System.arraycopy(arguments.outputSize, 0, dims, isFirst() ? 1 : 0, rank());
    return Shape.of(dims);
  }

  /** Where a window begins and ends along depth, height and width. */
  private static final class Box {
    final int[] first = new int[3];
    final int[] end = new int[3];
  }

  /** The extents along three axes, of which those that a shape has not are 1. */
  private int[] extents(Shape shape) {
    int[] extents = {1, 1, 1};
    int axis = isFirst() ? 1 : 0;
    System.arraycopy(shape.dims(), axis, extents, 3 - rank(), rank());
    return extents;
  }

  private interface Window {

    /** Does what is to be done with a window: its value's place, where its volume begins. */
    void take(Box box, int output, int volume);
  }

  /** With the channels first, each of them is a volume of its own. */
  private int depth(Shape input) {
    return isFirst() ? 1 : input.dim(-1);
  }

  private void each(Shape input, int rows, Window window) {
    int[] in = extents(input);
    int[] out = extents(computeOutputShape(input));
    int depth = depth(input);
    int size = in[0] * in[1] * in[2] * depth;
    int windows = out[0] * out[1] * out[2];
    Box box = new Box();
    for (int i = 0; i < rows * input.size() / size * windows; i++) {
      int rest = i % windows;
      for (int axis = 2; axis >= 0; axis--) {
        long place = rest % out[axis];
        box.first[axis] = (int) (place * in[axis] / out[axis]);
        box.end[axis] = (int) (((place + 1) * in[axis] + out[axis] - 1) / out[axis]);
        rest /= out[axis];
      }

      window.take(box, i * depth, i / windows * size);
    }
  }

  @Override
  public final void forward(Shape input, LayerCall call) {
    int[] in = extents(input);
    int depth = depth(input);
    float[] x = call.input();
    float[] y = call.output();
    each(
        input,
        call.rows(),
        (box, to, volume) -> {
          Arrays.fill(y, to, to + depth, largest ? Float.NEGATIVE_INFINITY : 0.0f);
          int count = 0;
          for (int z = box.first[0]; z < box.end[0]; z++) {
            for (int line = box.first[1]; line < box.end[1]; line++) {
              for (int column = box.first[2]; column < box.end[2]; column++) {
                take(x, volume + ((z * in[1] + line) * in[2] + column) * depth, y, to, depth);
                count++;
              }
            }
          }

          for (int c = 0; c < depth && !largest; c++) {
            y[to + c] /= count;
          }
        });
  }

  private void take(float[] x, int from, float[] y, int to, int depth) {
    for (int c = 0; c < depth; c++) {
      y[to + c] = largest ? Math.max(y[to + c], x[from + c]) : y[to + c] + x[from + c];
    }
  }

  @Override
  public final void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    int[] in = extents(input);
    int depth = depth(input);
    Arrays.fill(ofInput, 0, call.rows() * input.size(), 0.0f);
    each(
        input,
        call.rows(),
        (box, from, volume) -> {
          int count = 1;
          for (int axis = 0; axis < 3; axis++) {
            count *= box.end[axis] - box.first[axis];
          }

          for (int z = box.first[0]; z < box.end[0]; z++) {
            for (int line = box.first[1]; line < box.end[1]; line++) {
              for (int column = box.first[2]; column < box.end[2]; column++) {
                int to = volume + ((z * in[1] + line) * in[2] + column) * depth;
                give(call, ofInput, from, to, depth, count);
              }
            }
          }
        });
  }

  /** Hands a gradient out; that of a largest value is gone then. */
  private void give(LayerCall call, float[] ofInput, int from, int to, int depth, int count) {
    float[] g = call.outputGradient();
    for (int c = 0; c < depth; c++) {
      if (!largest) {
        ofInput[to + c] += g[from + c] / count;
      } else if (call.input()[to + c] == call.output()[from + c]) {
        ofInput[to + c] += g[from + c];
        g[from + c] = 0.0f;
      }
    }
  }

  @Override
  public final Config getConfig() {
    return baseConfig()
        .put(KEY, Arrays.stream(arguments.outputSize).boxed().toList())
        .put("data_format", arguments.format.toString())
        .build();
  }
}
