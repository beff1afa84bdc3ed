package io.firesteel.layers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer that was given by its cell: {@code RNN(LSTMCell(3))} is {@code LSTM(3)} (Keras
 * 3.15, keras/src/layers/rnn/rnn.py).
 *
 * <p>Differs from Keras: the cell is a {@code SimpleRNNCell}, a {@code GRUCell} or an {@code
 * LSTMCell}, one alone; what {@link RecurrentLayer} says holds here as well.
 */
public final class RNN extends KerasLayer<RNN> {

  private static final String NAME = "RNN";
  private static final String CELL = "Cell";

  /** Keras writes it in another place in a cell's config than in a layer's. */
  private static final String FORGET = "unit_forget_bias";

  private static final Set<String> CELLS = Set.of("SimpleRNNCell", "GRUCell", "LSTMCell");

  /** What the config of a recurrent layer has beside its cell's. */
  private static final Set<String> OF_LAYER =
      Set.of(
          "name",
          "trainable",
          "dtype",
          "activity_regularizer",
          "return_sequences",
          "return_state",
          "go_backwards",
          "stateful",
          "unroll",
          "zero_output_for_mask");

  private final RecurrentLayer<?> layer;
  private final String cellName;

  private RNN(RecurrentLayer<?> layer, String cellName) {
    super(layer.options());
    this.layer = layer;
    this.cellName = cellName;
  }

  /** Returns the layer that goes through sequences as another one does. */
  public static RNN of(RecurrentLayer<?> layer) {
    return new RNN(layer, KerasNames.snakeCase(layer.getClass().getSimpleName() + CELL));
  }

  static RNN fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Object given = reader.any("cell");
    if (!(given instanceof Config cell)
        || !CELLS.contains(String.valueOf(cell.get("class_name")))
        || !(cell.get("config") instanceof Config fields)) {
      throw reader.invalid(
          "cell", "one of SimpleRNNCell, GRUCell, LSTMCell, as others are not supported");
    }

    Config.Builder whole = config.without("cell").toBuilder();
    for (String key : fields.keys()) {
      if (!OF_LAYER.contains(key)) {
        whole.put(key, fields.get(key));
      }
    }

    String type = String.valueOf(cell.get("class_name"));
    Config serialized =
        Config.builder()
            .put("class_name", type.substring(0, type.length() - CELL.length()))
            .put("config", whole.build())
            .build();
    Object name = fields.get("name");
    RNN layer = of((RecurrentLayer<?>) Layers.deserialize(serialized));
    return name instanceof String own ? new RNN(layer.layer, own) : layer;
  }

  @Override
  protected RNN with(LayerOptions newOptions) {
    return new RNN(layer.with(newOptions), cellName);
  }

  @Override
  public Shape computeOutputShape(Shape input) {
    return layer.computeOutputShape(input);
  }

  @Override
  public List<WeightSpec> weights(Shape input) {
    return layer.weights(input);
  }

  @Override
  public boolean supportsMasking() {
    return true;
  }

  @Override
  public @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    return layer.computeMaskShape(inputs, masks);
  }

  @Override
  public void forward(Shape input, LayerCall call) {
    layer.forward(input, call);
  }

  @Override
  public void backward(Shape input, LayerCall call) {
    layer.backward(input, call);
  }

  @Override
  public Config getConfig() {
    Config whole = layer.getConfig();
    Config.Builder own = Config.builder();
    Config.Builder cell = Config.builder().put("name", cellName);
    cell.put("trainable", whole.get("trainable")).put("dtype", whole.get("dtype"));
    for (String key : whole.keys()) {
      if (!OF_LAYER.contains(key)) {
        cell.putIfAbsent(key, whole.get(key));
        if (key.equals("use_bias") && whole.has(FORGET)) {
          cell.put(FORGET, whole.get(FORGET));
        }
      } else if (!key.equals("activity_regularizer") || whole.get(key) != null) {
        own.put(key, whole.get(key));
      }
    }

    Config serialized =
        Config.builder()
            .put("module", "keras.layers")
            .put("class_name", layer.getClass().getSimpleName() + CELL)
            .put("config", cell.build())
            .put("registered_name", null)
            .build();
    return own.put("cell", serialized).build();
  }
}
