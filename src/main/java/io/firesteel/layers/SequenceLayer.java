package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A layer that goes through sequences with a state. Its inputs are the sequences and, if they do
 * not begin with zeros, the states to begin with: Keras's {@code initial_state}. Its outputs are
 * what comes of the steps and, with {@code return_state}, the states after the last one, which
 * {@link #callForAll} returns.
 *
 * <p>As in Keras 3.15, a layer that is given its states does not see the mask of the sequences,
 * which goes on to its output all the same.
 *
 * @param <L> the layer's own class
 */
public abstract class SequenceLayer<L extends SequenceLayer<L>> extends MultiInputLayer<L> {

  /** The name of the argument by which Keras's {@code call} takes the states, one or a list. */
  public static final String STATES = "initial_state";

  private static final List<String> CALL_NAMES = List.of("sequences", STATES);

  SequenceLayer(LayerOptions options) {
    super(options);
  }

  /** The shapes of the states, in order. */
  abstract List<Shape> stateShapes(Shape input);

  /** Checks the shape of a row of the sequences. */
  void requireSequences(Shape input) {
    Sequences.require(getClass().getSimpleName(), input);
  }

  /** Checks the mask of the sequences. */
  void requireMask(Shape mask) {}

  /** Tells whether the states are outputs. */
  abstract boolean returnsState();

  /** Tells whether the output is that of each step. */
  abstract boolean returnsSequences();

  /** The shapes of the outputs before the states. */
  abstract List<Shape> sequenceOutputs(Shape input);

  @Override
  public final List<String> callNames() {
    return CALL_NAMES;
  }

  @Override
  public final List<Shape> computeOutputShapes(List<Shape> inputs) {
    String type = getClass().getSimpleName();
    requireSequences(inputs.get(0));
    List<Shape> given = inputs.subList(1, inputs.size());
    if (!given.isEmpty() && !given.equals(stateShapes(inputs.get(0)))) {
      throw new IllegalArgumentException(
          "%s: 'initial_state' must be of the shapes %s. Received: %s"
              .formatted(type, stateShapes(inputs.get(0)), given));
    }

    List<Shape> outputs = new ArrayList<>(sequenceOutputs(inputs.get(0)));
    if (returnsState()) {
      outputs.addAll(stateShapes(inputs.get(0)));
    }

    return outputs;
  }

  /** Those of several outputs follow one another in a row. */
  @Override
  public final Shape computeOutputShape(List<Shape> inputs) {
    List<Shape> outputs = computeOutputShapes(inputs);
    return outputs.size() == 1
        ? outputs.get(0)
        : Shape.of(outputs.stream().mapToInt(Shape::size).sum());
  }

  @Override
  public final boolean supportsMasking() {
    return true;
  }

  @Override
  public final @Nullable Shape computeMaskShape(List<Shape> inputs, List<@Nullable Shape> masks) {
    Shape mask = masks.get(0);
    if (mask != null) {
      requireMask(mask);
    }

    return returnsSequences() ? mask : null;
  }
}
