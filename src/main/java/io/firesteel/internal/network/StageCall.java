package io.firesteel.internal.network;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.layers.LayerCall;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.RowSums;
import io.firesteel.variables.VariableSnapshot;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What one layer works with in one pass; the buffers stay and grow. */
final class StageCall implements LayerCall {

  private static final float[] NOTHING = new float[0];
  private static final float[][] NO_VARIABLES = new float[0][];

  private final Stage stage;
  private final int index;
  private final float[] @Nullable [] weightGradients;
  private final @Nullable RowSums[] rowGradients;
  private final float[] @Nullable [] statistics;
  private int rows;
  private boolean training;
  private long seed;
  private float[][] variables = NO_VARIABLES;
  private float[] input = NOTHING;
  private @Nullable SparseRows sparseInput;
  private float[] output = NOTHING;
  private float[] outputGradient = NOTHING;
  private float @Nullable [] inputGradient;
  private float[] scratch = NOTHING;
  private @Nullable StageCall source;
  private boolean skipped;
  private float @Nullable [] skipGradient;

  StageCall(Stage stage, int index) {
    this.stage = stage;
    this.index = index;
    this.weightGradients = new float[stage.weights().size()][];
    this.rowGradients = new RowSums[stage.weights().size()];
    this.statistics = new float[stage.weights().size()][];
  }

  Stage stage() {
    return stage;
  }

  /** Takes the call whose output this one reads too. */
  void readFrom(StageCall earlier) {
    source = earlier;
    earlier.skipped = true;
  }

  /** Provides zeros for the gradients of those that read this output past the next layer. */
  void beginSkipGradient() {
    if (!skipped) {
      return;
    }

    int size = rows * stage.output().size();
    if (skipGradient == null || skipGradient.length < size) {
      skipGradient = new float[size];
    } else {
      Arrays.fill(skipGradient, 0, size, 0.0f);
    }
  }

  /** Adds the gradients of those that read this output past the next layer. */
  void addSkipGradient(float[] ofOutput) {
    float[] sum = skipGradient;
    if (sum != null) {
      int size = rows * stage.output().size();
      for (int i = 0; i < size; i++) {
        ofOutput[i] += sum[i];
      }
    }
  }

  /** Takes what a forward pass reads, and provides the output buffer. */
  void begin(int newRows, VariableSnapshot snapshot, float[] newInput) {
    rows = newRows;
    variables = snapshot.values();
    input = newInput;
    int size = Math.multiplyExact(newRows, stage.output().size());
    if (output.length < size) {
      output = new float[size];
    }
  }

  void mode(boolean isTraining, long passSeed) {
    training = isTraining;
    seed = RandomStream.mix(passSeed + RandomStream.mix(index + 1L));
  }

  void gradients(float[] ofOutput, float @Nullable [] ofInput) {
    outputGradient = ofOutput;
    inputGradient = ofInput;
  }

  /** Takes the sparse end of the input. */
  void sparseInput(@Nullable SparseRows rows) {
    sparseInput = rows;
  }

  /** Takes what the gradients of the trainable weights go into; returns the next free index. */
  int weightGradients(GradientSums sums, int next) {
    int free = next;
    for (int i = 0; i < weightGradients.length; i++) {
      if (stage.weights().get(i).trainable()) {
        RowSums rowSums = sums.rowSums(free);
        rowGradients[i] = rowSums;
        weightGradients[i] = rowSums == null ? sums.gradients()[free] : null;
        free++;
      }
    }

    return free;
  }

  /** Empties the sums of rows, to be filled by a backward pass. */
  void beginRows() {
    for (RowSums rowSums : rowGradients) {
      if (rowSums != null) {
        rowSums.clear();
      }
    }
  }

  /** Puts the sums of rows in order after a backward pass. */
  void finishRows() {
    for (RowSums rowSums : rowGradients) {
      if (rowSums != null) {
        rowSums.finish();
      }
    }
  }

  /** Takes the arrays for the statistics; returns the next free index. */
  int statistics(float[][] sums, int next) {
    int free = next;
    for (int i = 0; i < statistics.length; i++) {
      statistics[i] = stage.weights().get(i).isStatistic() ? sums[free++] : null;
    }

    return free;
  }

  /** Lets go of what belongs to callers. */
  void end() {
    variables = NO_VARIABLES;
    input = NOTHING;
    sparseInput = null;
    Arrays.fill(weightGradients, null);
    Arrays.fill(rowGradients, null);
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
  public float[] weight(int weight) {
    return variables[stage.firstVariable() + weight];
  }

  @Override
  public float @Nullable [] weightGradient(int weight) {
    return weightGradients[weight];
  }

  @Override
  public @Nullable RowSums rowGradient(int weight) {
    return rowGradients[weight];
  }

  @Override
  public float @Nullable [] statistic(int weight) {
    return training ? statistics[weight] : null;
  }

  @Override
  public float[] input() {
    return input;
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
    return inputGradient;
  }

  @Override
  public float[] skipInput() {
    return requireSource().output;
  }

  @Override
  public int skipWidth() {
    return requireSource().stage.output().size();
  }

  @Override
  public float @Nullable [] skipGradient() {
    return requireSource().skipGradient;
  }

  private StageCall requireSource() {
    if (source == null) {
      throw new IllegalStateException(
          "The layer '%s' reads no output but that of the layer before it"
              .formatted(stage.layer().name()));
    }

    return source;
  }

  @Override
  public float[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new float[length];
    }

    return scratch;
  }
}
