package io.firesteel.layers;

import io.firesteel.tensor.Shape;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the heads of a {@link MultiHeadAttention} compute; not changed once it is in a layer. */
final class Attending {

  int heads;
  int keyDim;
  int valueDim;
  double dropout;
  boolean useBias = true;
  boolean useGate;

  /** The shape of each step of the output, or null for the features of the query. */
  @Nullable Shape output;

  /** The axes of the inputs along which is attended, the batch being axis 0, or null for all. */
  @Nullable List<Integer> axes;

  @Nullable Integer slidingWindow;
  @Nullable Long seed;

  Attending(int heads, int keyDim, int valueDim) {
    this.heads = heads;
    this.keyDim = keyDim;
    this.valueDim = valueDim;
  }

  /** Returns a copy of these arguments after a change. */
  Attending with(Consumer<Attending> change) {
    Attending copy = new Attending(heads, keyDim, valueDim);
    copy.dropout = dropout;
    copy.useBias = useBias;
    copy.useGate = useGate;
    copy.output = output;
    copy.axes = axes;
    copy.slidingWindow = slidingWindow;
    copy.seed = seed;
    change.accept(copy);
    return copy;
  }

  int keyWidth() {
    return Math.multiplyExact(heads, keyDim);
  }

  int valueWidth() {
    return Math.multiplyExact(heads, valueDim);
  }
}
