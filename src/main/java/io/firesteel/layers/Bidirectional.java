package io.firesteel.layers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer that goes through a sequence from its start, and another one that goes through
 * it from its end; both outputs are merged (Keras 3.15, keras/src/layers/rnn/bidirectional.py).
 *
 * <p>Differs from Keras: {@code merge_mode} must not be null, which would give two outputs.
 */
public final class Bidirectional extends KerasLayer<Bidirectional> {

  private static final String NAME = "Bidirectional";
  private static final List<String> MODES = List.of("concat", "sum", "ave", "mul");

  private final RecurrentLayer<?> forward;
  private final RecurrentLayer<?> backward;
  private final String mergeMode;

  private Bidirectional(
      RecurrentLayer<?> forward,
      RecurrentLayer<?> backward,
      String mergeMode,
      LayerOptions options) {
    super(options);
    this.forward = (RecurrentLayer<?>) forward.withTrainable(options.trainable());
    this.backward = (RecurrentLayer<?>) backward.withTrainable(options.trainable());
    this.mergeMode = Argument.oneOf(NAME, "merge_mode", mergeMode, MODES);
    boolean opposite =
        forward.arguments().goBackwards() != backward.arguments().goBackwards()
            && forward.arguments().returnSequences() == backward.arguments().returnSequences();
    if (!opposite) {
      throw new IllegalArgumentException(
          "Bidirectional: 'layer' and 'backward_layer' must go in opposite directions, and agree in"
              + " return_sequences");
    }
  }

  /** Returns the layer whose second part is as the given one, and whose outputs are joined. */
  public static Bidirectional of(RecurrentLayer<?> layer) {
    return new Bidirectional(layer, opposite(layer), "concat", LayerOptions.DEFAULT);
  }

  private static RecurrentLayer<?> opposite(RecurrentLayer<?> layer) {
    return layer.goBackwards(!layer.arguments().goBackwards());
  }

  /** Returns this layer with its outputs merged by {@code concat}, {@code sum}, ave or mul. */
  public Bidirectional mergeMode(String value) {
    return new Bidirectional(forward, backward, value, options());
  }

  static Bidirectional fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    RecurrentLayer<?> forward = layer(reader, reader.config("layer"), "layer");
    Config second = reader.nullableConfig("backward_layer");
    RecurrentLayer<?> backward =
        second == null ? opposite(forward) : layer(reader, second, "backward_layer");
    if (reader.seen("merge_mode") && reader.any("merge_mode") == null) {
      throw reader.invalid("merge_mode", "one of concat, sum, ave, mul");
    }

    Bidirectional layer =
        new Bidirectional(
            forward, backward, reader.string("merge_mode", "concat"), LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private static RecurrentLayer<?> layer(ConfigReader reader, Config config, String key) {
    if (Layers.deserialize(config) instanceof RecurrentLayer<?> recurrent) {
      return recurrent;
    }

    throw reader.invalid(key, "one of LSTM, GRU, SimpleRNN");
  }

  @Override
  protected Bidirectional with(LayerOptions newOptions) {
    return new Bidirectional(forward, backward, mergeMode, newOptions);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    Shape one = forward.computeOutputShape(input);
    Shape other = backward.computeOutputShape(input);
    if (mergeMode.equals("concat")) {
      return one.withLast(one.dim(-1) + other.dim(-1));
    }

    if (!one.equals(other)) {
      throw new IllegalArgumentException(
          "Bidirectional: merge_mode=%s needs outputs of one shape. Received: %s and %s"
              .formatted(mergeMode, one, other));
    }

    return one;
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    List<WeightSpec> weights = new ArrayList<>();
    forward.weights(input).forEach(weight -> weights.add(weight.withinPart("forward_layer")));
    backward.weights(input).forEach(weight -> weights.add(weight.withinPart("backward_layer")));
    return weights;
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return forward.computeMaskShape(inputs, masks);
  }

  private InnerCall inner(Shape input, LayerCall call, int part) {
    RecurrentLayer<?> layer = part == 0 ? forward : backward;
    int first = part == 0 ? 0 : forward.weights(input).size();
    int size = call.rows() * layer.computeOutputShape(input).size();
    return new InnerCall(call, call.rows(), part, first)
        .values(call.input(), call.scratch(2 + part, size), call.mask(0));
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    InnerCall one = inner(input, call, 0);
    InnerCall other = inner(input, call, 1);
    forward.forward(input, one);
    backward.forward(input, other);
    int width = forward.units();
    int second = backward.units();
    int steps = forward.computeOutputShape(input).size() / width;
    int out = mergeMode.equals("concat") ? width + second : width;
    for (int i = 0; i < call.rows() * steps; i++) {
      int reversed = reversed(i, steps);
      for (int u = 0; u < width; u++) {
        float x = one.output()[i * width + u];
        float y = u < second ? other.output()[reversed * second + u] : 0.0f;
        call.output()[i * out + u] = merge(x, y);
      }

      if (mergeMode.equals("concat")) {
        System.arraycopy(other.output(), reversed * second, call.output(), i * out + width, second);
      }
    }
  }

  /** The second part's outputs are in the order of going: from the end. */
  private static int reversed(int i, int steps) {
    return i / steps * steps + steps - 1 - i % steps;
  }

  private float merge(float x, float y) {
    return switch (mergeMode) {
      case "sum" -> x + y;
      case "ave" -> (x + y) / 2;
      case "mul" -> x * y;
      default -> x;
    };
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    InnerCall one = inner(input, call, 0);
    InnerCall other = inner(input, call, 1);
    int width = forward.units();
    int second = backward.units();
    int steps = forward.computeOutputShape(input).size() / width;
    boolean joined = mergeMode.equals("concat");
    int out = joined ? width + second : width;
    float[] ofOne = call.scratch(4, call.rows() * steps * width);
    float[] ofOther = call.scratch(5, call.rows() * steps * second);
    float[] g = call.outputGradient();
    for (int i = 0; i < call.rows() * steps; i++) {
      int back = reversed(i, steps) * second;
      for (int u = 0; u < width; u++) {
        float y = u < second ? other.output()[back + u] : 0.0f;
        ofOne[i * width + u] = g[i * out + u] * slope(y);
      }

      for (int u = 0; u < second; u++) {
        float x = u < width ? one.output()[i * width + u] : 0.0f;
        ofOther[back + u] = g[i * out + u + (joined ? width : 0)] * slope(x);
      }
    }

    float[] ofInput = call.inputGradient();
    int n = call.rows() * input.size();
    float[] ofBackward = ofInput == null ? null : call.scratch(6, n);
    forward.backward(input, one.gradients(ofOne, ofInput));
    backward.backward(input, other.gradients(ofOther, ofBackward));
    for (int i = 0; ofInput != null && ofBackward != null && i < n; i++) {
      ofInput[i] += ofBackward[i];
    }
  }

  private float slope(float otherValue) {
    return switch (mergeMode) {
      case "ave" -> 0.5f;
      case "mul" -> otherValue;
      default -> 1.0f;
    };
  }

  @Override
  public Config getConfig() {
    return baseConfig()
        .put("merge_mode", mergeMode)
        .put("layer", Layers.serialize(forward))
        .put("backward_layer", Layers.serialize(backward))
        .build();
  }
}
