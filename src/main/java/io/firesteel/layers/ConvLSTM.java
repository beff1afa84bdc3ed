package io.firesteel.layers;

import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An LSTM whose products are convolutions, over steps that are lines, images or volumes (Shi et al.
 * 2015; Keras 3.15, keras/src/layers/rnn/conv_lstm.py): with * for a convolution the gates are i,
 * f, o = sigmoid(kernel * input + recurrent_kernel * state + bias), the cell is f cell + i
 * tanh(kernel * input + recurrent_kernel * state + bias), and the state o tanh(cell). The
 * convolution of the state keeps its extents. Inputs are of (steps, space, channels), or with
 * {@code channels_first} of (steps, channels, space); the output is that of the last step or of
 * all, and {@code return_state}, states to begin with and masks of the steps are as with an {@link
 * LSTM}.
 *
 * <p>As in Keras, dropout draws other inputs and states to drop for each gate, for all steps alike.
 *
 * <p>Differs from Keras: {@code stateful} must be false.
 *
 * @param <L> the layer's own class
 */
abstract class ConvLSTM<L extends ConvLSTM<L>> extends SequenceLayer<L> {

  private static final String CELL = "cell";

  private final ConvWindows windows;
  private final LSTM cell;

  ConvLSTM(ConvWindows windows, LSTM cell, LayerOptions options) {
    super(options);
    this.windows = windows;
    this.cell = cell;
    cell.arguments().check(windows.layer());
  }

  abstract L of(ConvWindows newWindows, LSTM newCell, LayerOptions newOptions);

  @Override
  protected final L with(LayerOptions newOptions) {
    return of(windows, cell, newOptions);
  }

  private L with(ConvWindows newWindows) {
    return of(newWindows, cell, options());
  }

  private L with(UnaryOperator<LSTM> change) {
    return of(windows, change.apply(cell), options());
  }

  /** Returns this layer with windows that lie so far apart: one number for all axes, or each. */
  public final L strides(int... numbers) {
    return with(windows.withStrides(numbers));
  }

  /**
   * Returns this layer with windows whose places are so far apart: one number, or for each axis.
   */
  public final L dilationRate(int... numbers) {
    return with(windows.withDilation(numbers));
  }

  /** Returns this layer with the padding {@code valid} or {@code same} of the inputs. */
  public final L padding(String value) {
    return with(windows.withPadding(Padding.of(windows.layer(), value)));
  }

  /** Returns this layer for {@code channels_last} or {@code channels_first}. */
  public final L dataFormat(@Nullable String value) {
    return with(windows.withFormat(DataFormat.of(windows.layer(), value)));
  }

  /** Returns this layer with the state after each step as its output, or after the last one. */
  public final L returnSequences(boolean value) {
    return with(lstm -> lstm.returnSequences(value));
  }

  /** Returns this layer with state and cell after the last step as further outputs, or without. */
  public final L returnState(boolean value) {
    return with(lstm -> lstm.returnState(value));
  }

  /** Returns this layer with the last step first, or not; its output is in the order of going. */
  public final L goBackwards(boolean value) {
    return with(lstm -> lstm.goBackwards(value));
  }

  /** Returns this layer with a share, below 1, of the inputs dropped in training. */
  public final L dropout(double rate) {
    return with(lstm -> lstm.dropout(rate));
  }

  /** Returns this layer with a share, below 1, of the state dropped in training. */
  public final L recurrentDropout(double rate) {
    return with(lstm -> lstm.recurrentDropout(rate));
  }

  /** Returns this layer with an activation of the state: a name, a function, a layer or null. */
  public final L activation(@Nullable Object identifier) {
    return with(lstm -> lstm.activation(identifier));
  }

  /** Returns this layer with an activation of the gates: a name, a function, a layer or null. */
  public final L recurrentActivation(@Nullable Object identifier) {
    return with(lstm -> lstm.recurrentActivation(identifier));
  }

  /** Returns this layer with a bias or without. */
  public final L useBias(boolean value) {
    return with(lstm -> lstm.useBias(value));
  }

  /** Returns this layer with the bias of the forget gate starting at 1, or as the others. */
  public final L unitForgetBias(boolean value) {
    return with(lstm -> lstm.unitForgetBias(value));
  }

  /** Returns this layer with the start values of the kernel, by name, instance or config. */
  public final L kernelInitializer(Object identifier) {
    return with(lstm -> lstm.kernelInitializer(identifier));
  }

  /** Returns this layer with a penalty on the kernel, by name, instance or config, or null. */
  public final L kernelRegularizer(@Nullable Object identifier) {
    return with(lstm -> lstm.kernelRegularizer(identifier));
  }

  /** Returns this layer with the start values of the state's kernel. */
  public final L recurrentInitializer(Object identifier) {
    return with(lstm -> lstm.recurrentInitializer(identifier));
  }

  /** Reads the layer that another one of the same class, with any arguments, makes. */
  static <L extends ConvLSTM<L>> L read(Config config, String name, int axes, L any) {
    ConfigReader reader = config.reader(name);
    LSTM cell = LSTM.of(reader.size("filters", 1)).with(RecurrentArguments.read(reader));
    L layer =
        any.of(
            ConvWindows.read(reader, axes),
            cell.unitForgetBias(reader.bool("unit_forget_bias", true)),
            LayerOptions.read(reader));
    reader.finish();
    return layer;
  }

  private Shape state(Shape input) {
    return windows.step(windows.outputs(input), cell.units());
  }

  @Override
  final void requireSequences(Shape input) {
    windows.outputs(input);
  }

  @Override
  final List<Shape> stateShapes(Shape input) {
    return Collections.nCopies(2, state(input));
  }

  @Override
  final boolean returnsState() {
    return cell.returnsState();
  }

  @Override
  final boolean returnsSequences() {
    return cell.returnsSequences();
  }

  @Override
  final List<Shape> sequenceOutputs(Shape input) {
    Shape state = state(input);
    if (!returnsSequences()) {
      return List.of(state);
    }

    List<Long> dims = new ArrayList<>(List.of((long) input.dim(0)));
    dims.addAll(state.toList());
    return List.of(Shape.of(dims));
  }

  @Override
  final void requireMask(Shape mask) {
    if (mask.rank() != 1) {
      throw new IllegalArgumentException(
          "The layer '%s' takes a mask of its steps only. Received one of the shape %s"
              .formatted(name(), mask));
    }
  }

  @Override
  public final List<WeightSpec> weights(List<Shape> inputs) {
    int filters = cell.units();
    int width = cell.gates() * filters;
    RecurrentArguments arguments = cell.arguments();
    Shape kernel = windows.kernel(windows.channels(inputs.get(0)), width);
    List<WeightSpec> weights = new ArrayList<>();
    weights.add(arguments.kernel().spec("kernel", kernel, trainable()).ofPart(CELL));
    weights.add(
        arguments
            .recurrent()
            .spec("recurrent_kernel", windows.kernel(filters, width), trainable())
            .ofPart(CELL));
    if (arguments.useBias()) {
      weights.add(cell.bias().spec("bias", Shape.of(width), trainable()).ofPart(CELL));
    }

    return weights;
  }

  private ConvLstmPass pass(List<Shape> inputs, LayerCall call) {
    return new ConvLstmPass(cell, windows, inputs.get(0), call);
  }

  @Override
  public final void forward(List<Shape> inputs, LayerCall call) {
    pass(inputs, call).forward(inputs.size());
  }

  @Override
  public final void backward(List<Shape> inputs, LayerCall call) {
    pass(inputs, call).backward(inputs.size());
  }

  @Override
  public final Config getConfig() {
    Config ofCell = cell.with(options()).getConfig();
    Config.Builder config = Config.builder();
    for (String key : ofCell.keys()) {
      if (key.equals("units")) {
        config.put("filters", cell.units());
        windows.put(config);
      } else {
        config.put(key, ofCell.get(key));
      }
    }

    return config.build();
  }
}
