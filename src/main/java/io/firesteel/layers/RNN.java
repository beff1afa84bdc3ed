package io.firesteel.layers;

import io.firesteel.internal.saving.KerasNames;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recurrent layer that was given by its cell or a list of cells: {@code RNN(LSTMCell(3))} is
 * {@code LSTM(3)}, and {@code RNN([LSTMCell(3), GRUCell(2)])}, Keras's {@code StackedRNNCells},
 * goes through each step with one cell after the other (Keras 3.15, keras/src/layers/rnn/rnn.py and
 * stacked_rnn_cells.py).
 *
 * <p>Differs from Keras: the cells are {@code SimpleRNNCell}, {@code GRUCell} and {@code LSTMCell}
 * alone; a list of them begins with zeros, not with given states; what {@link RecurrentLayer} says
 * holds here too.
 */
public final class RNN extends SequenceLayer<RNN> {

  private static final String NAME = "RNN";
  private static final String STACKED = "StackedRNNCells";

  private final List<RecurrentLayer<?>> layers;
  private final List<String> cellNames;

  /** The name of the list of cells, or null for one cell by itself. */
  private final @Nullable String listName;

  private RNN(List<RecurrentLayer<?>> layers, List<String> cellNames, @Nullable String listName) {
    super(layers.get(0).options());
    this.layers = layers;
    this.cellNames = cellNames;
    this.listName = listName;
  }

  /** Returns the layer that goes through sequences as another one does. */
  public static RNN of(RecurrentLayer<?> layer) {
    return new RNN(List.of(layer), List.of(RnnConfig.cellName(layer)), null);
  }

  /**
   * Returns the layer that goes through each step with the cells of several layers, one after the
   * other. The direction is that of the first one; what is put out and the name are the last one's.
   */
  public static RNN of(RecurrentLayer<?> first, RecurrentLayer<?>... others) {
    List<RecurrentLayer<?>> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(others));
    RecurrentLayer<?> last = all.get(all.size() - 1);
    RecurrentArguments flags = last.arguments().withBackwards(first.arguments().goBackwards());
    List<String> names = all.stream().map(RnnConfig::cellName).toList();
    return stacked(all, flags, last.options(), names, KerasNames.snakeCase(STACKED));
  }

  /** Returns the layers of a stack, each of which does its part of what the whole is to do. */
  private static RNN stacked(
      List<RecurrentLayer<?>> given,
      RecurrentArguments flags,
      LayerOptions options,
      List<String> names,
      String listName) {
    List<RecurrentLayer<?>> layers = new ArrayList<>();
    for (int i = 0; i < given.size(); i++) {
      boolean last = i == given.size() - 1;
      boolean backwards = i == 0 && flags.goBackwards();
      RecurrentArguments own =
          given
              .get(i)
              .arguments()
              .withFlags(
                  !last || flags.returnSequences(),
                  flags.returnState(),
                  backwards,
                  flags.zeroOutputForMask());
      layers.add(given.get(i).with(own).with(options));
    }

    return new RNN(layers, names, listName);
  }

  static RNN fromConfig(Config config) {
    ConfigReader reader = config.reader(NAME);
    Config cell =
        reader.any("cell") instanceof Config object && object.get("config") instanceof Config
            ? object
            : null;
    if (cell == null) {
      throw RnnConfig.notSupported(reader);
    }

    if (!STACKED.equals(cell.get("class_name"))) {
      RecurrentLayer<?> layer = RnnConfig.layer(reader, config, cell);
      return new RNN(List.of(layer), List.of(RnnConfig.name(layer, cell)), null);
    }

    Config fields = cell.reader(STACKED).config("config");
    List<RecurrentLayer<?>> layers = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (Object each : fields.reader(STACKED).list("cells")) {
      RecurrentLayer<?> layer = RnnConfig.layer(reader, config, each);
      layers.add(layer);
      names.add(RnnConfig.name(layer, (Config) each));
    }

    if (layers.isEmpty()) {
      throw RnnConfig.notSupported(reader);
    }

    RecurrentLayer<?> first = layers.get(0);
    String listName = fields.get("name") instanceof String name ? name : "stacked_rnn_cells";
    return stacked(layers, first.arguments(), first.options(), names, listName);
  }

  @Override
  protected RNN with(LayerOptions newOptions) {
    List<RecurrentLayer<?>> changed = new ArrayList<>();
    layers.forEach(layer -> changed.add(layer.with(newOptions)));
    return new RNN(changed, cellNames, listName);
  }

  private RecurrentLayer<?> last() {
    return layers.get(layers.size() - 1);
  }

  /**
   * Returns the layers of the cells, each of which goes through what the one before it puts out.
   */
  public List<RecurrentLayer<?>> cellLayers() {
    return layers;
  }

  @Override
  List<Shape> stateShapes(Shape input) {
    List<Shape> shapes = new ArrayList<>();
    layers.forEach(layer -> shapes.addAll(layer.stateShapes(input)));
    return shapes;
  }

  @Override
  boolean returnsState() {
    return last().returnsState();
  }

  @Override
  boolean returnsSequences() {
    return last().returnsSequences();
  }

  @Override
  List<Shape> sequenceOutputs(Shape input) {
    return last().sequenceOutputs(input);
  }

  @Override
  public List<WeightSpec> weights(List<Shape> inputs) {
    if (listName == null) {
      return layers.get(0).weights(inputs);
    }

    List<WeightSpec> weights = new ArrayList<>();
    KerasNames.Groups groups = new KerasNames.Groups();
    Shape input = inputs.get(0);
    for (RecurrentLayer<?> layer : layers) {
      String part = "cell/cells/" + groups.next(RnnConfig.cellClass(layer));
      layer.weights(List.of(input)).forEach(weight -> weights.add(weight.ofPart(part)));
      input = input.withLast(layer.units());
    }

    return weights;
  }

  @Override
  public void forward(List<Shape> inputs, LayerCall call) {
    if (listName == null) {
      layers.get(0).forward(inputs, call);
    } else {
      new StackedPass(this, inputs, call).forward();
    }
  }

  @Override
  public void backward(List<Shape> inputs, LayerCall call) {
    if (listName == null) {
      layers.get(0).backward(inputs, call);
    } else {
      new StackedPass(this, inputs, call).backward();
    }
  }

  @Override
  public Config getConfig() {
    List<Config> cells = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      cells.add(RnnConfig.cell(layers.get(i), cellNames.get(i)));
    }

    Config.Builder own = RnnConfig.flags(last());
    if (listName == null) {
      return own.put("cell", cells.get(0)).build();
    }

    Config whole = last().getConfig();
    Config fields =
        Config.builder()
            .put("name", listName)
            .put("trainable", whole.get("trainable"))
            .put("dtype", whole.get("dtype"))
            .put("cells", cells)
            .build();
    return own.put("go_backwards", layers.get(0).arguments().goBackwards())
        .put("cell", RnnConfig.serialized(STACKED, fields))
        .build();
  }
}
