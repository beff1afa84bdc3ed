package io.firesteel.optimizers;

import io.firesteel.saving.Argument;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Descent by a root mean square that is estimated from means over rows and columns, with steps
 * relative to the variable's own size.
 *
 * <pre>
 * t = iterations + 1
 * b = 1 - t^beta_2_decay
 * q = g^2 + epsilon_1
 * r = b * r + (1 - b) * mean(q over columns)     from two dimensions on, over the last two
 * c = b * c + (1 - b) * mean(q over rows)
 * v = r / mean(r) * c
 * v = b * v + (1 - b) * q                        below two dimensions
 * u = g / sqrt(v)
 * u = u / max(1, rms(u) / clip_threshold)
 * w = w - max(epsilon_2, rms(w)) * min(lr, 1 / sqrt(t)) * u
 * </pre>
 *
 * <p>State: r, c and {@code velocity} for each variable. The first two have the variable's own
 * name; below two dimensions they are unused integers. The velocity is kept in full, so no memory
 * is saved.
 *
 * <p>Paper: <a href="https://arxiv.org/abs/1804.04235">Shazeer and Stern, 2018</a>.
 *
 * <p>Row-sparse gradients: all rows are visited, as means decay.
 *
 * <p>Source: Keras 3.15, {@code keras/src/optimizers/adafactor.py}. As in Keras, {@code
 * relative_step} has no effect: the rate is limited by {@code 1 / sqrt(t)} in any case. Stricter
 * than Keras: beta_2_decay at most 0, both epsilons at least 0, clip_threshold above 0.
 */
public final class Adafactor extends NormScaledOptimizer {

  /* Dividing a tensor by a number is multiplying by its rounded inverse, as XLA does it. */
  private final double beta2Decay;
  private final double epsilon1;
  private final double epsilon2;
  private final double clipThreshold;
  private @Nullable RowColumnMeans[] means = {};
  private @Nullable Variable[] velocities = {};
  private final StepPlan.Part takeSquares = this::takeSquares;
  private float rate;
  private float keep;

  private Adafactor(OptimizerArguments arguments) {
    super(arguments);
    this.beta2Decay = arguments.number("beta_2_decay", -0.8, Argument::nonPositive);
    this.epsilon1 = arguments.number("epsilon_1", 1e-30, Argument::nonNegative);
    this.epsilon2 = arguments.number("epsilon_2", 1e-3, Argument::nonNegative);
    this.clipThreshold = arguments.number("clip_threshold", 1, Argument::positive);
    arguments.bool("relative_step", true);
  }

  /**
   * Returns a builder with Keras's defaults: learning rate 0.001, beta_2_decay -0.8, epsilons 1e-30
   * and 1e-3.
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the optimizer that a config describes; what is absent has its default.
   *
   * @throws IllegalArgumentException if a key is unknown or a value is out of range
   */
  public static Adafactor fromConfig(Config config) {
    return builder().fromConfig(config);
  }

  @Override
  protected void buildVariables(List<Variable> variables) {
    means = new RowColumnMeans[variables.size()];
    velocities = new Variable[variables.size()];
    for (int i = 0; i < variables.size(); i++) {
      buildSlotsOf(i, variables.get(i));
    }
  }

  private void buildSlotsOf(int position, Variable variable) {
    int[] dims = variable.shape().dims();
    int rank = dims.length;
    if (rank < 2) {
      markUntracked(addInteger(variable.name(), 0));
      markUntracked(addInteger(variable.name(), 0));
    } else if (!variable.overwriteWithGradient()) {
      int[] columnDims = Arrays.copyOf(dims, rank - 1);
      columnDims[rank - 2] = dims[rank - 1];
      Shape rowShape = Shape.of(Arrays.copyOf(dims, rank - 1));
      means[position] =
          new RowColumnMeans(
              addVariable(rowShape, variable.name(), 0),
              addVariable(Shape.of(columnDims), variable.name(), 0));
    }

    if (!variable.overwriteWithGradient()) {
      velocities[position] = addVariableFromReference(variable, "velocity");
    }
  }

  @Override
  protected void beforeUpdateSteps(float learningRate) {
    float t = iterations() + 1;
    rate = Math.min(learningRate, 1 / FloatOps.sqrt(t));
    keep = 1 - FloatOps.pow(t, (float) beta2Decay);
  }

  /** Updates the means of matrices from the squares, which stand in v meanwhile. */
  @Override
  void beforeUpdates(StepPlan step) {
    step.then(takeSquares);
    step.run();
    for (int i = 0; i < step.size(); i++) {
      int position = variableIndex(step.variable(i));
      RowColumnMeans matrices = means[position];
      if (matrices != null) {
        matrices.update(velocity(position), keep);
      }
    }
  }

  private float[] velocity(int position) {
    return built(velocities[position]).values();
  }

  private void takeSquares(StepPlan step, int pair, int from, int to) {
    int position = variableIndex(step.variable(pair));
    float[] g = step.gradient(pair).values();
    float[] v = velocity(position);
    float take = 1 - keep;
    float old = keep;
    float eps = (float) epsilon1;
    if (means[position] == null) {
      for (int i = from; i < to; i++) {
        v[i] = old * v[i] + take * (FloatOps.square(g[i]) + eps);
      }
    } else {
      for (int i = from; i < to; i++) {
        v[i] = FloatOps.square(g[i]) + eps;
      }
    }
  }

  @Override
  void makeUpdates(float[] g, Variable variable, int from, int to) {
    int position = variableIndex(variable);
    float[] v = velocity(position);
    RowColumnMeans matrices = means[position];
    if (matrices != null) {
      matrices.multiply(v, from, to);
    }

    for (int i = from; i < to; i++) {
      g[i] = g[i] / FloatOps.sqrt(v[i]);
    }
  }

  @Override
  float rate(Variable variable, float squares, float updateSquares, float learningRate) {
    return Math.max((float) epsilon2, rootMeanSquare(squares, variable)) * rate;
  }

  @Override
  float factor(Variable variable, float updateSquares) {
    return 1 / Math.max(1, rootMeanSquare(updateSquares, variable) / (float) clipThreshold);
  }

  private static float rootMeanSquare(float squares, Variable variable) {
    return FloatOps.sqrt(squares * (1 / (float) variable.values().length));
  }

  /** Collects the arguments of an {@link Adafactor}. */
  public static final class Builder extends OptimizerBuilder<Adafactor, Builder> {
    private Builder() {
      super(Adafactor.class, Adafactor::new);
    }

    /** Sets the power of the step by which new squares lose weight, at most 0. */
    public Builder beta2Decay(double value) {
      return set("beta_2_decay", value);
    }

    /** Sets what is added to the squares, at least 0. */
    public Builder epsilon1(double value) {
      return set("epsilon_1", value);
    }

    /** Sets the least size that a variable counts as having, at least 0. */
    public Builder epsilon2(double value) {
      return set("epsilon_2", value);
    }

    /** Sets the largest root mean square of an update, above 0. */
    public Builder clipThreshold(double value) {
      return set("clip_threshold", value);
    }

    /** Sets what Keras has under this name. Without effect. */
    public Builder relativeStep(boolean value) {
      return set("relative_step", value);
    }
  }

  /**
   * Moving means r of the rows and c of the columns of a variable's matrices, which stand for all
   * of its elements:
   *
   * <pre>
   * r = b * r + (1 - b) * mean(q over columns)
   * c = b * c + (1 - b) * mean(q over rows)
   * v = r / mean(r) * c
   * </pre>
   */
  static final class RowColumnMeans {

    /* Dividing a tensor by a number is multiplying by its rounded inverse, as XLA does it. */
    private final float[] rowMeans;
    private final float[] columnMeans;
    private final int rows;
    private final int columns;
    private final double[] columnSums;
    private final float[] inverses;

    /**
     * Keeps the means in two variables, of the shapes that remain without a matrix's columns or
     * rows.
     */
    RowColumnMeans(Variable rowMeans, Variable columnMeans) {
      this.rowMeans = rowMeans.values();
      this.columnMeans = columnMeans.values();
      this.rows = rowMeans.shape().dim(-1);
      this.columns = columnMeans.shape().dim(-1);
      this.columnSums = new double[columns];
      this.inverses = new float[rows == 0 ? 0 : this.rowMeans.length / rows];
    }

    /** Updates the means. */
    void update(float[] q, float keep) {
      for (int matrix = 0; matrix < inverses.length; matrix++) {
        update(q, keep, matrix);
      }
    }

    private void update(float[] q, float keep, int matrix) {
      float take = 1 - keep;
      double sum = 0;
      Arrays.fill(columnSums, 0);
      for (int row = matrix * rows; row < (matrix + 1) * rows; row++) {
        double rowSum = FloatOps.sum(q, row * columns, (row + 1) * columns);
        rowMeans[row] = keep * rowMeans[row] + take * ((float) rowSum * (1 / (float) columns));
        sum += rowMeans[row];
        addRow(columnSums, q, row * columns);
      }

      for (int k = 0; k < columns; k++) {
        int column = matrix * columns + k;
        float mean = (float) columnSums[k] * (1 / (float) rows);
        columnMeans[column] = keep * columnMeans[column] + take * mean;
      }

      inverses[matrix] = 1 / ((float) sum * (1 / (float) rows));
    }

    private static void addRow(double[] sums, float[] q, int start) {
      for (int k = 0; k < sums.length; k++) {
        sums[k] += q[start + k];
      }
    }

    /** Computes some elements of v. */
    void multiply(float[] v, int from, int to) {
      int end;
      for (int start = from; start < to; start = end) {
        int row = start / columns;
        int matrix = row / rows;
        end = Math.min(to, (row + 1) * columns);
        multiplyRow(v, start, end, rowMeans[row] * inverses[matrix], (matrix - row) * columns);
      }
    }

    private void multiplyRow(float[] v, int from, int to, float share, int shift) {
      for (int i = from; i < to; i++) {
        v[i] = share * columnMeans[i + shift];
      }
    }
  }
}
