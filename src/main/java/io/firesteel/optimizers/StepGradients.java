package io.firesteel.optimizers;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Gradient;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gradients of one step and their variables, checked, dense, and without the variables that
 * have no gradient. What is done with them is in a {@link StepPlan}.
 *
 * <p>The lists are kept from step to step, so that a step allocates nothing.
 */
final class StepGradients {

  private static final Logger LOG = LoggerFactory.getLogger(StepGradients.class);

  private final OptimizerVariables.Index index;
  private final List<Gradient> gradients = new ArrayList<>();
  private final List<Tensor> tensors = new ArrayList<>();
  private final List<@Nullable TouchedRows> touched = new ArrayList<>();
  private final @Nullable TouchedRows[] buffers;
  private final List<Variable> variables = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final boolean[] seen;
  private List<String> warned = List.of();

  StepGradients(OptimizerVariables.Index index) {
    this.index = index;
    this.seen = new boolean[index.size()];
    this.buffers = new TouchedRows[index.size()];
  }

  /** Returns variables without gradients, for what is done with all variables alike. */
  static StepGradients ofVariables(OptimizerVariables.Index index, List<Variable> variables) {
    StepGradients all = new StepGradients(index);
    all.variables.addAll(variables);
    return all;
  }

  int size() {
    return variables.size();
  }

  /** A gradient, dense. */
  Tensor tensor(int i) {
    return tensors.get(i);
  }

  /** Which rows a gradient touches; null if all. */
  @Nullable TouchedRows touched(int i) {
    TouchedRows rows = touched.isEmpty() ? null : touched.get(i);
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

  /** Returns the pairs of a step with duplicate rows summed; the same list if there are none. */
  static List<GradAndVar> sumDuplicates(List<GradAndVar> gradsAndVars) {
    List<GradAndVar> summed = gradsAndVars;
    for (int i = 0; i < gradsAndVars.size(); i++) {
      GradAndVar pair = gradsAndVars.get(i);
      if (pair.gradient() instanceof RowSparse sparse && sparse.sumDuplicates() != sparse) {
        summed = summed == gradsAndVars ? new ArrayList<>(gradsAndVars) : summed;
        summed.set(i, new GradAndVar(sparse.sumDuplicates(), pair.variable()));
      }
    }

    return summed;
  }

  /** Takes the pairs of a step. Nothing is changed if one is refused. */
  void collect(List<GradAndVar> pairs) {
    clear();
    Arrays.fill(seen, false);
    missing.clear();
    for (int i = 0; i < pairs.size(); i++) {
      collect(pairs.get(i), i);
    }

    if (gradients.isEmpty()) {
      throw new IllegalArgumentException(
          "At least one variable needs a gradient. Received none for: " + missing);
    }

    warnOfMissing();
  }

  private void collect(GradAndVar pair, int guess) {
    Variable variable = pair.variable();
    int position = index.of(variable, guess);
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

  /** Forgets the step's gradients. */
  void clear() {
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

  /**
   * The row-sparse gradients of one variable as dense ones, one after the other, in an array that
   * is kept; and which of its rows each touches. The array holds what {@link RowSparse#toDense}
   * gives.
   */
  static final class TouchedRows {

    private final Tensor dense;
    private final long[] marks;
    private final double[] lanes = new double[9];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int runs;
    private boolean whole;

    TouchedRows(Shape shape) {
      this.dense = Tensor.zeros(shape);
      this.marks = new long[(shape.dim(0) + Long.SIZE - 1) / Long.SIZE];
    }

    /** Takes a gradient in place of the last one, which must have been cleared. */
    Tensor take(RowSparse gradient) {
      int[] rows = gradient.rows();
      if (gradient.isAscending()) {
        for (int k = 0; k < rows.length; k++) {
          gradient.copyRow(k, dense.values());
          add(rows[k], gradient.rowSize());
        }

        return dense;
      }

      for (int k = 0; k < rows.length; k++) {
        if ((marks[rows[k] / Long.SIZE] & 1L << rows[k]) == 0) {
          marks[rows[k] / Long.SIZE] |= 1L << rows[k];
          gradient.copyRow(k, dense.values());
        } else {
          gradient.addRow(k, dense.values());
        }
      }

      takeRuns(gradient.rowSize());
      return dense;
    }

    /** Makes runs of neighbouring rows from the marks, and takes these off. */
    private void takeRuns(int rowSize) {
      for (int i = 0; i < marks.length; i++) {
        for (long left = marks[i]; left != 0; left &= left - 1) {
          add(i * Long.SIZE + Long.numberOfTrailingZeros(left), rowSize);
        }

        marks[i] = 0;
      }
    }

    private void add(int row, int rowSize) {
      int start = row * rowSize;
      if (runs > 0 && ends[runs - 1] == start) {
        ends[runs - 1] = start + rowSize;
        return;
      }

      if (runs == starts.length) {
        starts = Arrays.copyOf(starts, 2 * runs);
        ends = Arrays.copyOf(ends, 2 * runs);
      }

      starts[runs] = start;
      ends[runs++] = start + rowSize;
    }

    /** Makes the gradient count as one of all rows. */
    void touchAll() {
      whole = true;
    }

    /** Tells whether the gradient counts as one of all rows. */
    boolean isWhole() {
      return whole;
    }

    /** Adds the touched elements to those of a plan. */
    void addTo(StepPlan plan, int pair) {
      for (int run = 0; run < runs; run++) {
        plan.add(pair, starts[run], ends[run]);
      }
    }

    /**
     * The sum of the squares, with the bits of {@link FloatOps#sumOfSquares(float[])}, to which
     * zeros add nothing.
     */
    double sumOfSquares() {
      double sum = 0;
      int chunk = 0;
      float[] x = dense.values();
      int rest = x.length - x.length % 8;
      for (int run = 0; run < runs; run++) {
        for (int i = starts[run]; i < ends[run]; i++) {
          if (i / FloatOps.SUM_CHUNK != chunk) {
            sum += sumOfLanes();
            chunk = i / FloatOps.SUM_CHUNK;
          }

          lanes[i < rest ? i % 8 : 8] += x[i] * x[i];
        }
      }

      return sum + sumOfLanes();
    }

    private double sumOfLanes() {
      double low = (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
      double high = (lanes[4] + lanes[5]) + (lanes[6] + lanes[7]);
      double sum = low + high + lanes[8];
      Arrays.fill(lanes, 0);
      return sum;
    }

    /** Makes the array zero again. */
    void clear() {
      if (whole) {
        Arrays.fill(dense.values(), 0);
      } else {
        for (int run = 0; run < runs; run++) {
          Arrays.fill(dense.values(), starts[run], ends[run], 0);
        }
      }

      runs = 0;
      whole = false;
    }
  }
}
