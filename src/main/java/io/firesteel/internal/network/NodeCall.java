package io.firesteel.internal.network;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.layers.LayerCall;
import io.firesteel.regularizers.Regularizer;
import io.firesteel.tensor.MatrixRows;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.VariableValues;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one call of a layer works with in one pass; the buffers stay and grow. */
final class NodeCall implements LayerCall {

  private static final float[] NOTHING = new float[0];
  private static final float[][] NO_VARIABLES = new float[0][];

  private final Node node;
  private final int index;
  private final @Nullable MatrixRows @Nullable [] singleRow;
  private final float[][] inputs;
  private final boolean[] @Nullable [] masks;
  private final float[] @Nullable [] inputGradients;
  private final WeightGradients weightGradients;
  private final float[] @Nullable [] statistics;
  private final @Nullable ActivityPenalty activity;
  private int rows;
  private boolean training;
  private long seed;
  private float[][] variables = NO_VARIABLES;
  private @Nullable SparseRows sparseInput;
  private float[] output = NOTHING;
  private boolean[] mask = new boolean[0];
  private boolean propagates;
  private float[] outputGradient = NOTHING;
  private float[] scratch = NOTHING;
  private float[][] parts = new float[0][];

  /**
   * Creates a call.
   *
   * @param singleRow for predictions of single rows, the variables that are there as rows of
   *     matrices; else null
   */
  NodeCall(Node node, int index, @Nullable MatrixRows @Nullable [] singleRow) {
    this.node = node;
    this.index = index;
    this.singleRow = singleRow;
    this.inputs = new float[node.sources().length][];
    this.masks = new boolean[inputs.length][];
    this.inputGradients = new float[inputs.length][];
    this.weightGradients = new WeightGradients(node);
    this.statistics = new float[node.weights().size()][];
    Regularizer regularizer = node.layer().activityRegularizer();
    this.activity = regularizer == null ? null : new ActivityPenalty(regularizer);
    Arrays.fill(inputs, NOTHING);
  }

  Node node() {
    return node;
  }

  WeightGradients gradients() {
    return weightGradients;
  }

  /** Begins a forward pass, and provides the output buffer. */
  void begin(int newRows, VariableValues snapshot, boolean isTraining, long passSeed) {
    rows = newRows;
    variables = snapshot.values();
    training = isTraining;
    seed = RandomStream.mix(passSeed + RandomStream.mix(index + 1L));
    int size = Math.multiplyExact(newRows, node.output().size());
    if (output.length < size) {
      output = new float[size];
    }

    if (node.mask() != null && mask.length < newRows * node.mask().size()) {
      mask = new boolean[newRows * node.mask().size()];
    }
  }

  /** Takes an input of the model. */
  void input(int place, float[] values, @Nullable SparseRows sparse) {
    inputs[place] = values;
    sparseInput = sparse;
  }

  /** Takes the output of another call. */
  void input(int place, NodeCall source) {
    inputs[place] = source.output;
    masks[place] = source.node.mask() == null ? null : source.mask;
  }

  void forward() {
    node.layer().forward(node.inputs(), this);
    if (node.mask() != null) {
      propagates = true;
      node.layer().computeMask(node.inputs(), this);
      propagates = false;
    }
  }

  /** Returns the penalty on the output, 0 if there is none. */
  double penalty() {
    return activity == null ? 0.0 : activity.of(output, rows * node.output().size());
  }

  /** Returns which samples of the output count, or null for all. */
  boolean @Nullable [] maskOrNull() {
    return node.mask() == null || !node.keepsMask() ? null : mask;
  }

  void outputGradient(float[] buffer) {
    outputGradient = buffer;
  }

  void inputGradient(int place, float @Nullable [] buffer) {
    inputGradients[place] = buffer;
  }

  /**
   * Fills in the gradients.
   *
   * @param activityFactor what the gradient of the penalty on the output is multiplied by
   */
  void backward(float activityFactor) {
    if (activity != null) {
      activity.addGradient(activityFactor, outputGradient);
    }

    node.layer().backward(node.inputs(), this);
    weightGradients.finish();
  }

  /** Takes the arrays for the statistics; returns the next free index. */
  int statistics(float[][] sums, int next) {
    int free = next;
    for (int i = 0; i < statistics.length; i++) {
      statistics[i] = node.measures(i) ? sums[free++] : null;
    }

    return free;
  }

  /** Lets go of what belongs to callers. */
  void end() {
    variables = NO_VARIABLES;
    Arrays.fill(inputs, NOTHING);
    sparseInput = null;
    weightGradients.end();
    Arrays.fill(statistics, null);
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public boolean training() {
    return training;
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public boolean isSingleRow() {
    return singleRow != null && node.factor() == 1;
  }

  @Override
  public @Nullable MatrixRows weightRows(int weight) {
    return singleRow == null || node.factor() > 1 ? null : singleRow[node.firstVariable() + weight];
  }

  @Override
  public boolean useCausalMask() {
    return node.options().useCausalMask();
  }

  @Override
  public boolean returnAttentionScores() {
    return node.options().returnAttentionScores();
  }

  @Override
  public boolean reverse() {
    return node.options().reverse();
  }

  @Override
  public float[] weight(int weight) {
    return variables[node.firstVariable() + weight];
  }

  @Override
  public float @Nullable [] weightGradient(int weight) {
    return weightGradients.whole(weight);
  }

  @Override
  public @Nullable RowSums rowGradient(int weight) {
    return weightGradients.rows(weight);
  }

  @Override
  public float @Nullable [] statistic(int weight) {
    return training ? statistics[weight] : null;
  }

  @Override
  public float[] input() {
    return inputs[0];
  }

  @Override
  public float[] input(int place) {
    return inputs[place];
  }

  @Override
  public boolean @Nullable [] mask(int place) {
    return propagates || node.isMasked(place) ? masks[place] : null;
  }

  @Override
  public boolean[] outputMask() {
    if (node.mask() == null) {
      throw new IllegalStateException("The output of %s has no mask".formatted(node.path()));
    }

    return mask;
  }

  @Override
  public @Nullable SparseRows sparseInput() {
    return sparseInput;
  }

  @Override
  public float[] output() {
    return output;
  }

  @Override
  public float[] outputGradient() {
    return outputGradient;
  }

  @Override
  public float @Nullable [] inputGradient() {
    return inputGradients[0];
  }

  @Override
  public float @Nullable [] inputGradient(int place) {
    return inputGradients[place];
  }

  @Override
  public float[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new float[length];
    }

    return scratch;
  }

  @Override
  public float[] scratch(int index, int length) {
    if (parts.length <= index) {
      int known = parts.length;
      parts = Arrays.copyOf(parts, index + 1);
      Arrays.fill(parts, known, parts.length, NOTHING);
    }

    if (parts[index].length < length) {
      parts[index] = new float[length];
    }

    return parts[index];
  }

  /** The penalty on the output of one call of a layer with an {@code activity_regularizer}. */
  private static final class ActivityPenalty {

    private final Regularizer regularizer;
    private float[] values = new float[0];
    private float[] gradient = new float[0];

    ActivityPenalty(Regularizer regularizer) {
      this.regularizer = regularizer;
    }

    /** Returns the penalty of the first values of an array. */
    double of(float[] output, int size) {
      if (values.length != size) {
        values = new float[size];
        gradient = new float[size];
      }

      System.arraycopy(output, 0, values, 0, size);
      return regularizer.call(Shape.of(size), values);
    }

    /** Adds the gradient of the penalty of the last call, times a factor. */
    void addGradient(float factor, float[] target) {
      Arrays.fill(gradient, 0.0f);
      regularizer.addGradient(Shape.of(gradient.length), values, gradient);
      for (int i = 0; i < gradient.length; i++) {
        target[i] += factor * gradient[i];
      }
    }
  }
}
