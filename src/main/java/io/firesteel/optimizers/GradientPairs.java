package io.firesteel.optimizers;

import io.firesteel.constraints.Constraint;
import io.firesteel.tensor.ChunkPool;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gradients of one step and their variables, checked, without those that have no gradient; and
 * what is to be done with each of their elements.
 *
 * <p>That is put off until {@link #run}, which does all of it in one pass. The lists are kept from
 * step to step, so that a step allocates nothing.
 */
final class GradientPairs {

  private static final Logger LOG = LoggerFactory.getLogger(GradientPairs.class);

  private final VariableIndex index;
  private final List<Gradient> gradients = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<@Nullable TouchedRows> touched = new ArrayList<>();
  private final @Nullable TouchedRows[] buffers;
  private final List<Variable> variables = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final boolean[] seen;
  private final StepChunks<GradientPairs> chunks;
  private float inverse;
  private List<String> warned = List.of();

  GradientPairs(VariableIndex index, ChunkPool threads) {
    this.index = index;
    this.chunks = new StepChunks<>(this, threads);
    this.seen = new boolean[index.size()];
    this.buffers = new TouchedRows[index.size()];
  }

  int size() {
    return gradients.size();
  }

  /** A gradient, dense. */
  Tensor gradient(int i) {
    return tensors.get(i);
  }

  /** Which rows a gradient touches; null if all. */
  @Nullable TouchedRows touched(int i) {
    TouchedRows rows = touched.get(i);
    return rows == null || rows.isWhole() ? null : rows;
  }

  /** Makes a gradient count as one of all rows. */
  void touchAll(int i) {
    TouchedRows rows = touched.get(i);
    if (rows != null) {
      rows.touchAll();
    }
  }

  /** Makes all gradients count as ones of all rows. */
  void touchAll() {
    for (int i = 0; i < touched.size(); i++) {
      touchAll(i);
    }
  }

  Variable variable(int i) {
    return variables.get(i);
  }

  /** Takes the pairs of a step. Nothing is changed if one is refused. */
  void collect(List<GradAndVar> pairs) {
    clear();
    Arrays.fill(seen, false);
    missing.clear();
    for (int i = 0; i < pairs.size(); i++) {
      collect(pairs.get(i));
    }

    if (gradients.isEmpty()) {
      throw new IllegalArgumentException(
          "At least one variable needs a gradient. Received none for: " + missing);
    }

    warnOfMissing();
  }

  private void collect(GradAndVar pair) {
    Variable variable = pair.variable();
    int position = index.of(variable);
    if (seen[position]) {
      throw new IllegalArgumentException(
          "A step takes one gradient for each variable. Received several for: " + variable.path());
    }

    seen[position] = true;
    Gradient gradient = pair.gradient();
    if (gradient == null) {
      missing.add(variable.path());
      return;
    }

    if (!gradient.shape().equals(variable.shape())) {
      throw new IllegalArgumentException(
          "The gradient of %s must have its shape %s. Received: %s"
              .formatted(variable.path(), variable.shape(), gradient.shape()));
    }

    gradients.add(gradient);
    variables.add(variable);
  }

  /** Makes the gradients dense. To be called before the step is made. */
  void spread() {
    for (int i = 0; i < gradients.size(); i++) {
      if (gradients.get(i) instanceof RowSparse sparse) {
        TouchedRows rows = buffer(index.of(variables.get(i)), sparse);
        touched.add(rows);
        tensors.add(rows.take(sparse));
      } else {
        touched.add(null);
        tensors.add((Tensor) gradients.get(i));
      }
    }
  }

  private TouchedRows buffer(int position, RowSparse gradient) {
    TouchedRows buffer = buffers[position];
    if (buffer == null) {
      buffer = new TouchedRows(gradient.shape());
      buffers[position] = buffer;
    }

    return buffer;
  }

  private void warnOfMissing() {
    if (!missing.isEmpty() && !missing.equals(warned)) {
      warned = List.copyOf(missing);
      LOG.warn("These variables have no gradient and are not updated: {}", warned);
    }
  }

  /**
   * Handles and drops the variables whose gradient is their next value.
   *
   * @param calls the number of steps completed so far
   */
  void overwriteVariables(@Nullable GradientAccumulation accumulation, long calls) {
    for (int i = variables.size() - 1; i >= 0; i--) {
      Variable variable = variables.get(i);
      if (!variable.overwriteWithGradient()) {
        continue;
      }

      if (accumulation == null) {
        variable.assign(tensors.get(i).values());
      } else {
        accumulation.overwrite(variable, tensors.get(i), calls);
      }

      remove(i);
    }
  }

  private void remove(int i) {
    TouchedRows rows = touched.remove(i);
    if (rows != null) {
      rows.clear();
    }

    gradients.remove(i);
    tensors.remove(i);
    variables.remove(i);
  }

  /** Divides all gradients, in the next run. */
  void divide(float divisor) {
    if (divisor != 1) {
      inverse = 1 / divisor;
      touchAllUnlessFinite(inverse);
      then(GradientPairs::divide);
    }
  }

  private static void divide(GradientPairs step, int pair, int from, int to) {
    FloatOps.multiply(step.gradient(pair).values(), from, to, step.inverse);
  }

  /** Makes all gradients count as ones of all rows if a factor turns zeros into NaN. */
  void touchAllUnlessFinite(float factor) {
    if (!Float.isFinite(factor)) {
      touchAll();
    }
  }

  /** Adds something to be done with each element in the next run, after what is there. */
  void then(RangeStep<GradientPairs> part) {
    chunks.then(part);
  }

  /** Does what is to be done, with the elements of touched rows. */
  void run() {
    if (!chunks.isEmpty()) {
      chunks.clearRanges();
      for (int i = 0; i < gradients.size(); i++) {
        TouchedRows rows = touched(i);
        if (rows == null) {
          chunks.add(i, 0, gradient(i).values().length);
        } else {
          rows.addTo(chunks, i);
        }
      }

      chunks.run();
      chunks.clear();
    }
  }

  /** Applies the constraints of the variables. */
  void constrainVariables() {
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      Constraint constraint = variable.constraint();
      if (constraint != null) {
        constraint.call(variable.shape(), variable.values());
      }
    }
  }

  /** Forgets the step's gradients. */
  void clear() {
    chunks.clear();
    for (int i = touched.size() - 1; i >= 0; i--) {
      TouchedRows rows = touched.get(i);
      if (rows != null) {
        rows.clear();
      }
    }

    touched.clear();
    tensors.clear();
    gradients.clear();
    variables.clear();
  }
}
