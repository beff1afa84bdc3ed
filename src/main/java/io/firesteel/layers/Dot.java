package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The products of two inputs, summed along an axis of each (Keras 3.15,
 * keras/src/layers/merging/dot.py): of vectors, one number. With {@code normalize} both are divided
 * by their length along it before, so that the result of vectors is their cosine.
 */
public final class Dot extends MultiInputLayer<Dot> {

  private static final String NAME = "Dot";
  private static final float SMALLEST = 1e-12f;

  private final int[] axes;
  private final boolean one;
  private final boolean normalize;

  private Dot(int[] axes, boolean one, boolean normalize, LayerOptions options) {
    super(options);
    this.axes = axes;
    this.one = one;
    this.normalize = normalize;
  }

  /** Returns the layer for the same axis of both inputs, of which 0 is the batch. */
  public static Dot of(int axis) {
    return new Dot(new int[] {axis, axis}, true, false, LayerOptions.DEFAULT);
  }

  /** Returns the layer for an axis of each input, of which 0 is the batch. */
  public static Dot of(int first, int second) {
    return new Dot(new int[] {first, second}, false, false, LayerOptions.DEFAULT);
  }

  /** Returns this layer with inputs divided by their lengths, or not. */
  public Dot normalize(boolean value) {
    return new Dot(axes, one, value, options());
  }

  static Dot fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Object given = reader.any("axes");
    List<?> values = given instanceof List<?> list ? list : Arrays.asList(given, given);
    if (values.size() != 2 || values.stream().anyMatch(axis -> !isInt32(axis))) {
      throw reader.invalid("axes", "an integer or a list of two");
    }

    int[] axes = values.stream().mapToInt(axis -> ((Long) axis).intValue()).toArray();
    boolean normalize = reader.bool("normalize", false);
    Dot layer = new Dot(axes, !(given instanceof List<?>), normalize, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static boolean isInt32(@Nullable Object axis) {
    return axis instanceof Long number && number == number.intValue();
  }

  @Override
  protected Dot with(LayerOptions newOptions) {
    return new Dot(axes, one, normalize, newOptions);
  }

  /** Returns the index of the axis of an input within a row. */
  private int place(List<Shape> inputs, int input) {
    int rank = inputs.get(input).rank();
    int place = axes[input] < 0 ? axes[input] + rank : axes[input] - 1;
    if (place < 0 || place >= rank) {
      throw new IllegalArgumentException(
          "Dot: 'axes' must be axes of the inputs, not of the batch. Received: axes=%s and the shapes %s"
              .formatted(Arrays.toString(axes), inputs));
    }

    return place;
  }

  private AxisBlock block(List<Shape> inputs, int input) {
    Shape shape = inputs.get(input);
    int place = place(inputs, input);
    int outer = 1;
    int inner = 1;
    for (int i = 0; i < shape.rank(); i++) {
      outer *= i < place ? shape.dim(i) : 1;
      inner *= i > place ? shape.dim(i) : 1;
    }

    return new AxisBlock(outer, shape.dim(place), inner);
  }

  @Override
  public Shape computeOutputShape(List<Shape> inputs) {
    if (inputs.size() != 2) {
      throw new IllegalArgumentException("Dot takes exactly 2 inputs. Received: " + inputs.size());
    }

    if (block(inputs, 0).length() != block(inputs, 1).length()) {
      throw new IllegalArgumentException(
          "Dot needs axes of the same extent. Received: axes=%s and the shapes %s"
              .formatted(Arrays.toString(axes), inputs));
    }

    List<Integer> dims = new ArrayList<>();
    for (int k = 0; k < 2; k++) {
      for (int i = 0; i < inputs.get(k).rank(); i++) {
        if (i != place(inputs, k)) {
          dims.add(inputs.get(k).dim(i));
        }
      }
    }

    return dims.isEmpty() ? Shape.of(1) : Shape.of(dims.stream().mapToInt(d -> d).toArray());
  }

  /*
   * Scratch holds the inverse length of each vector of both inputs, one input after the other; an
   * input without normalization has 1 there.
   */

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    AxisBlock a = block(inputs, 0);
    AxisBlock b = block(inputs, 1);
    float[] lengths = lengths(a, b, call);
    int others = call.rows() * a.outer() * a.inner();
    float[] y = call.output();
    int to = 0;
    for (int row = 0; row < call.rows(); row++) {
      for (int i = 0; i < a.outer() * a.inner(); i++) {
        for (int j = 0; j < b.outer() * b.inner(); j++) {
          float sum = 0.0f;
          for (int k = 0; k < a.length(); k++) {
            sum += at(a, call.input(0), row, i, k) * at(b, call.input(1), row, j, k);
          }

          float first = lengths[row * a.outer() * a.inner() + i];
          y[to++] = sum * first * lengths[others + row * b.outer() * b.inner() + j];
        }
      }
    }
  }

  private static int index(AxisBlock block, int row, int vector, int k) {
    int outer = vector / block.inner();
    return ((row * block.outer() + outer) * block.length() + k) * block.inner()
        + vector % block.inner();
  }

  private static float at(AxisBlock block, float[] values, int row, int vector, int k) {
    return values[index(block, row, vector, k)];
  }

  private float[] lengths(AxisBlock a, AxisBlock b, LayerCall call) {
    int first = call.rows() * a.outer() * a.inner();
    int second = call.rows() * b.outer() * b.inner();
    float[] lengths = call.scratch(first + second);
    for (int i = 0; i < first; i++) {
      lengths[i] = length(a, call.input(0), i);
    }

    for (int i = 0; i < second; i++) {
      lengths[first + i] = length(b, call.input(1), i);
    }

    return lengths;
  }

  private float length(AxisBlock block, float[] values, int vector) {
    if (!normalize) {
      return 1.0f;
    }

    int vectors = block.outer() * block.inner();
    float squares = 0.0f;
    for (int k = 0; k < block.length(); k++) {
      float value = at(block, values, vector / vectors, vector % vectors, k);
      squares += value * value;
    }

    return 1.0f / FloatOps.sqrt(Math.max(squares, SMALLEST));
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    AxisBlock a = block(inputs, 0);
    AxisBlock b = block(inputs, 1);
    float[] lengths = lengths(a, b, call);
    int first = call.rows() * a.outer() * a.inner();
    gradient(call, 0, a, b, lengths, 0, first);
    gradient(call, 1, b, a, lengths, first, 0);
  }

  /**
   * With u and v the inputs divided by their lengths, d y / d x = (v - u y) / |x|, without the
   * second part if they are not.
   */
  private void gradient(
      LayerCall call,
      int input,
      AxisBlock own,
      AxisBlock other,
      float[] lengths,
      int firstOwn,
      int firstOther) {
    float[] target = call.inputGradient(input);
    if (target == null) {
      return;
    }

    int vectors = own.outer() * own.inner();
    int others = other.outer() * other.inner();
    float[] x = call.input(input);
    float[] z = call.input(1 - input);
    Arrays.fill(target, 0, call.rows() * vectors * own.length(), 0.0f);
    for (int row = 0; row < call.rows(); row++) {
      for (int i = 0; i < vectors; i++) {
        float length = lengths[firstOwn + row * vectors + i];
        for (int j = 0; j < others; j++) {
          int place = row * vectors * others + (input == 0 ? i * others + j : j * vectors + i);
          float g = call.outputGradient()[place] * length;
          float ofOther = lengths[firstOther + row * others + j];
          float y = normalize ? call.output()[place] * length : 0.0f;
          for (int k = 0; k < own.length(); k++) {
            int at = index(own, row, i, k);
            target[at] += g * (at(other, z, row, j, k) * ofOther - x[at] * y);
          }
        }
      }
    }
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return null;
  }

  @Override
  public Config getConfig() {
    Object given = one ? axes[0] : Arrays.stream(axes).boxed().toList();
    return baseConfig().put("axes", given).put("normalize", normalize).build();
  }
}
