package io.firesteel.layers;

import io.firesteel.internal.saving.KerasOperation;
import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The sum, the mean, the greatest or the least value over axes, {@code ops.mean(x, axis=1)} (Keras
 * 3.15, keras/src/ops/numpy.py). The axis of the rows stays. Where several values are the greatest,
 * each has its share of the gradient, as in JAX.
 */
final class AxisReduction extends KerasLayer<AxisReduction> implements KerasOperation {

  private static final String NAME = "AxisReduction";
  private static final List<String> KINDS = List.of("Sum", "Mean", "Max", "Min");

  /** For each value of a row of one shape, the index of the value of the output it goes into. */
  private record Targets(int size, int[] places) {}

  private final String kind;
  private final Object axis;
  private final boolean keepdims;
  private final LastShape<Targets> targets = new LastShape<>(this::targets);

  private AxisReduction(String kind, Object axis, boolean keepdims, LayerOptions options) {
    super(options);
    this.kind = kind;
    this.axis = axis;
    this.keepdims = keepdims;
    Argument.require(NAME, "operation", kind, KINDS.contains(kind), KINDS.toString());
    boolean axes =
        axis instanceof List<?> list
            ? !list.isEmpty() && list.stream().allMatch(Long.class::isInstance)
            : axis instanceof Long;
    Argument.require(kind, "axis", axis, axes, "an integer or a list of integers");
  }

  static AxisReduction fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    @Nullable Object axis = reader.any("axis");
    AxisReduction layer =
        new AxisReduction(
            reader.string("operation"),
            axis == null ? "None" : axis,
            reader.bool("keepdims", false),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected AxisReduction with(LayerOptions newOptions) {
    return new AxisReduction(kind, axis, keepdims, newOptions);
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  /** The axes of a row, of which 0 is the first behind the rows. */
  private Set<Integer> axes(Shape input) {
    Set<Integer> axes = new TreeSet<>();
    for (Object each : axis instanceof List<?> list ? list : List.of(axis)) {
      long given = (Long) each;
      long at = given < 0 ? given + input.rank() : given - 1;
      Argument.require(
          kind,
          "axis",
          axis,
          given != 0 && at >= 0 && at < input.rank() && axes.add((int) at),
          "axes of rows of shape %s, each once, without that of the rows".formatted(input));
    }

    return axes;
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Set<Integer> axes = axes(input);
    List<Integer> dims = new ArrayList<>();
    for (int i = 0; i < input.rank(); i++) {
      if (!axes.contains(i)) {
        dims.add(input.dim(i));
      } else if (keepdims) {
        dims.add(1);
      }
    }

    return Shape.of(dims);
  }

  private Targets targets(Shape input) {
    return new Targets(computeOutputShape(input).size(), places(input));
  }

  private int[] places(Shape input) {
    Set<Integer> axes = axes(input);
    int[] places = new int[] {0};
    for (int i = 0; i < input.rank(); i++) {
      int extent = input.dim(i);
      boolean reduced = axes.contains(i);
      int[] before = places;
      places = new int[before.length * extent];
      for (int k = 0; k < places.length; k++) {
        places[k] = reduced ? before[k / extent] : before[k / extent] * extent + k % extent;
      }
    }

    return places;
  }

  private boolean isExtreme() {
    return kind.equals("Max") || kind.equals("Min");
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    Targets known = targets.of(input);
    int[] places = known.places();
    int size = known.size();
    float[] x = call.input();
    float[] y = call.output();
    boolean max = kind.equals("Max");
    float first = isExtreme() ? (max ? Float.NEGATIVE_INFINITY : Float.POSITIVE_INFINITY) : 0.0f;
    Arrays.fill(y, 0, call.rows() * size, first);
    for (int row = 0; row < call.rows(); row++) {
      int from = row * places.length;
      int to = row * size;
      for (int i = 0; i < places.length; i++) {
        int k = to + places[i];
        float value = x[from + i];
        y[k] = !isExtreme() ? y[k] + value : max ? Math.max(y[k], value) : Math.min(y[k], value);
      }
    }

    if (kind.equals("Mean")) {
      float count = (float) places.length / size;
      for (int k = 0; k < call.rows() * size; k++) {
        y[k] /= count;
      }
    }
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] ofInput = call.inputGradient();
    if (ofInput == null) {
      return;
    }

    Targets known = targets.of(input);
    int[] places = known.places();
    int size = known.size();
    float[] g = call.outputGradient();
    float divisor = kind.equals("Mean") ? (float) places.length / size : 1.0f;
    float[] x = call.input();
    float[] y = call.output();
    int[] equals = new int[size];
    for (int row = 0; row < call.rows(); row++) {
      int to = row * places.length;
      int from = row * size;
      if (isExtreme()) {
        Arrays.fill(equals, 0);
        for (int i = 0; i < places.length; i++) {
          equals[places[i]] += x[to + i] == y[from + places[i]] ? 1 : 0;
        }
      }

      for (int i = 0; i < places.length; i++) {
        int k = places[i];
        ofInput[to + i] =
            !isExtreme()
                ? g[from + k] / divisor
                : x[to + i] == y[from + k] ? g[from + k] / equals[k] : 0.0f;
      }
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("operation", kind).put("axis", axis).put("keepdims", keepdims).build();
  }

  @Override
  public String operation() {
    return kind;
  }

  @Override
  public Config operationConfig() {
    Config.Builder config = Config.builder().put("axis", axis).put("keepdims", keepdims);
    return (isExtreme() ? config.put("initial", null) : config).build();
  }

  @Override
  public List<Object> operationArguments() {
    return List.of();
  }
}
