package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * The values of a row in another shape, in the same order (Keras 3.15,
 * keras/src/layers/reshaping/reshape.py).
 *
 * <p>Stricter than Keras: an extent of 0, which leaves no values, is refused.
 */
public final class Reshape extends KerasLayer<Reshape> {

  private final List<Integer> targetShape;

  private Reshape(List<Integer> targetShape, LayerOptions options) {
    super(options);
    this.targetShape = List.copyOf(targetShape);
    long open = targetShape.stream().filter(dim -> dim == -1).count();
    if (open > 1 || targetShape.stream().anyMatch(dim -> dim < 1 && dim != -1)) {
      throw new IllegalArgumentException(
          "Reshape: 'target_shape' must be a list of integers of at least 1, of which one may be -1. Received: "
              + targetShape);
    }
  }

  /**
   * Returns the layer.
   *
   * @param targetShape the shape of an output row, without the batch; one extent may be -1, which
   *     stands for what is left
   */
  public static Reshape of(int... targetShape) {
    List<Integer> dims = new ArrayList<>();
    for (int dim : targetShape) {
      dims.add(dim);
    }

    return new Reshape(dims, LayerOptions.DEFAULT);
  }

  static Reshape fromConfig(Config config) {
    ConfigReader reader = config.reader("Reshape");
    List<Integer> dims = new ArrayList<>();
    for (Object dim : reader.list("target_shape")) {
      if (!(dim instanceof Long extent) || extent != extent.intValue()) {
        throw reader.invalid(
            "target_shape", "a list of integers of at least 1, of which one may be -1");
      }

      dims.add(extent.intValue());
    }

    Reshape layer = new Reshape(dims, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected Reshape with(LayerOptions newOptions) {
    return new Reshape(targetShape, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    long known = 1;
    for (int dim : targetShape) {
      known *= dim == -1 ? 1 : dim;
    }

    boolean open = targetShape.contains(-1);
    long rest = input.size() / known;
    if (known * rest != input.size() || (!open && rest != 1)) {
      throw new IllegalArgumentException(
          "Reshape: rows of shape %s with %d values do not fit into target_shape=%s"
              .formatted(input, input.size(), targetShape));
    }

    return Shape.of(targetShape.stream().mapToInt(d -> d == -1 ? (int) rest : d).toArray());
  }

  @Override
  public boolean builtAtInit() {
    return true;
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    System.arraycopy(call.input(), 0, call.output(), 0, call.rows() * input.size());
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    float[] gradient = call.inputGradient();
    if (gradient != null) {
      System.arraycopy(call.outputGradient(), 0, gradient, 0, call.rows() * input.size());
    }
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("target_shape", targetShape).build();
  }
}
