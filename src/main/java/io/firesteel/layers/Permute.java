package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The axes of a row in another order (Keras 3.15, keras/src/layers/reshaping/permute.py). */
public final class Permute extends GatherLayer<Permute> {

  private static final String NAME = "Permute";

  private final List<Integer> dims;

  private Permute(List<Integer> dims, LayerOptions options) {
    super(options);
    this.dims = List.copyOf(dims);
    List<Integer> all = IntStream.rangeClosed(1, dims.size()).boxed().toList();
    boolean ok = dims.stream().sorted().toList().equals(all);
    Argument.require(NAME, "dims", dims, ok, "each of the numbers from 1 to their count, once");
  }

  /** Returns the layer; {@code dims} has the axes in their new order, of which 1 is the first. */
  public static Permute of(int... dims) {
    return new Permute(IntStream.of(dims).boxed().toList(), LayerOptions.DEFAULT);
  }

  static Permute fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    List<Integer> dims = new ArrayList<>();
    for (Object dim : reader.list("dims")) {
      if (!(dim instanceof Long axis) || axis != axis.intValue()) {
        throw reader.invalid("dims", "each of the numbers from 1 to their count, once");
      }

      dims.add(axis.intValue());
    }

    Permute layer = new Permute(dims, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Permute with(LayerOptions newOptions) {
    return new Permute(dims, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    if (input.rank() != dims.size()) {
      throw new IllegalArgumentException(
          "Permute: 'dims' must name each axis of rows of shape %s. Received: %s"
              .formatted(input, dims));
    }

    return Shape.of(dims.stream().mapToInt(axis -> input.dim(axis - 1)).toArray());
  }

  @Override
  int[] sources(Shape input, Shape output) {
    int[] sources = new int[output.size()];
    int[] place = new int[output.rank()];
    for (int i = 0; i < sources.length; i++) {
      int rest = i;
      for (int axis = output.rank() - 1; axis >= 0; axis--) {
        place[dims.get(axis) - 1] = rest % output.dim(axis);
        rest /= output.dim(axis);
      }

      for (int axis = 0; axis < input.rank(); axis++) {
        sources[i] = sources[i] * input.dim(axis) + place[axis];
      }
    }

    return sources;
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("dims", dims).build();
  }
}
