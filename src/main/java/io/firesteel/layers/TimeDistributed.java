package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A layer that is applied to each step of a sequence by itself (Keras 3.15,
 * keras/src/layers/rnn/time_distributed.py).
 *
 * <p>A model is applied to each step by its {@code callForEachStep}; in configs it stands here.
 *
 * <p>Differs from Keras: a layer that keeps statistics, such as batch normalization, is refused.
 */
public final class TimeDistributed extends KerasLayer<TimeDistributed> {

  private static final String NAME = "TimeDistributed";
  private static final Set<String> MODELS = Set.of("Sequential", "Functional", "Model");

  private final Layer layer;

  private TimeDistributed(Layer layer, LayerOptions options) {
    super(options);
    this.layer = layer.withTrainable(options.trainable());
    if (layer instanceof SequenceLayer<?> sequence && sequence.returnsState()) {
      throw new IllegalArgumentException(
          "TimeDistributed: 'layer' must have one output. Received: %s with return_state"
              .formatted(layer.getClass().getSimpleName()));
    }
  }

  /** Returns the layer that applies another one to each step. */
  public static TimeDistributed of(Layer layer) {
    return new TimeDistributed(layer, LayerOptions.DEFAULT);
  }

  static TimeDistributed fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Config wrapped = reader.config("layer");
    Object type = wrapped.get("class_name");
    if (type instanceof String name && MODELS.contains(name)) {
      throw new IllegalArgumentException(
          "TimeDistributed: 'layer' must be a layer here; a model is read where this is a layer of a model itself. Received: a model of class %s"
              .formatted(name));
    }

    Layer inner = Layers.deserialize(wrapped);
    TimeDistributed layer = new TimeDistributed(inner, LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  @Override
  protected TimeDistributed with(LayerOptions newOptions) {
    return new TimeDistributed(layer, newOptions);
  }

  private static Shape step(Shape input) {
    if (input.rank() < 2) {
      throw new IllegalArgumentException(
          "TimeDistributed needs rows of at least two dimensions (steps, ...). Received the shape: "
              + input);
    }

    return Shape.of(Arrays.copyOfRange(input.dims(), 1, input.rank()));
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    int[] inner = layer.computeOutputShape(step(input)).dims();
    int[] dims = new int[inner.length + 1];
    dims[0] = input.dim(0);
    System.arraycopy(inner, 0, dims, 1, inner.length);
    return Shape.of(dims);
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return layer.weights(step(input)).stream().map(weight -> weight.withinPart("layer")).toList();
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  private InnerCall inner(Shape input, LayerCall call) {
    return new InnerCall(call, call.rows() * input.dim(0), 0, 0)
        .values(call.input(), call.output(), null);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    layer.forward(step(input), inner(input, call));
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    InnerCall inner = inner(input, call).gradients(call.outputGradient(), call.inputGradient());
    layer.backward(step(input), inner);
  }

  @Override
  public Config getConfig() {
    return baseConfig().put("layer", Layers.serialize(layer)).build();
  }
}
