package io.firesteel.layers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.saving.Config;
import io.firesteel.tensor.RowSums;
import io.firesteel.testing.LayerGoldens;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A call with buffers of its own. */
final class FakeCall implements LayerCall {

  final float[] input;
  final float[] output;
  final float[] outputGradient;
  float[] inputGradient;
  float[][] weights = new float[0][];
  float[][] weightGradients = new float[0][];
  RowSums rowGradient;
  SparseRows sparseInput;
  float[][] statistics = new float[0][];

  /** The inputs behind the first one, their gradients, and the masks of all inputs. */
  float[][] otherInputs = new float[0][];

  float[][] otherGradients = new float[0][];
  boolean[][] masks = new boolean[0][];
  boolean[] outputMask;
  boolean training = true;
  boolean causal;
  boolean scores;
  private final int rows;
  private final long seed;
  private float[] scratch = new float[0];
  private final Map<Integer, float[]> parts = new HashMap<>();

  FakeCall(int rows, int inputSize, int outputSize, long seed) {
    this.rows = rows;
    this.seed = seed;
    this.input = new float[rows * inputSize];
    this.inputGradient = new float[rows * inputSize];
    this.output = new float[rows * outputSize];
    this.outputGradient = new float[rows * outputSize];
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
  public boolean useCausalMask() {
    return causal;
  }

  @Override
  public boolean returnAttentionScores() {
    return scores;
  }

  @Override
  public long seed() {
    return seed;
  }

  @Override
  public float[] weight(int index) {
    return weights[index];
  }

  @Override
  public float[] weightGradient(int index) {
    return index == 0 && rowGradient != null ? null : weightGradients[index];
  }

  @Override
  public RowSums rowGradient(int index) {
    return index == 0 ? rowGradient : null;
  }

  @Override
  public SparseRows sparseInput() {
    return sparseInput;
  }

  @Override
  public float[] statistic(int index) {
    return training ? statistics[index] : null;
  }

  @Override
  public float[] input() {
    return input;
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
  public float[] inputGradient() {
    return inputGradient;
  }

  /** Provides inputs behind the first one, of so many values a row. */
  void others(int... widths) {
    otherInputs = new float[widths.length][];
    otherGradients = new float[widths.length][];
    for (int i = 0; i < widths.length; i++) {
      otherInputs[i] = new float[rows * widths[i]];
      otherGradients[i] = new float[rows * widths[i]];
    }
  }

  @Override
  public float[] input(int index) {
    return index == 0 ? input : otherInputs[index - 1];
  }

  @Override
  public float[] inputGradient(int index) {
    return index == 0 ? inputGradient : otherGradients[index - 1];
  }

  @Override
  public boolean[] mask(int index) {
    return index < masks.length ? masks[index] : null;
  }

  @Override
  public boolean[] outputMask() {
    return outputMask;
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
    float[] known = parts.getOrDefault(index, new float[0]);
    if (known.length < length) {
      known = new float[length];
      parts.put(index, known);
    }

    return known;
  }

  /** Asserts the gradients of all inputs and weights that Keras computed. */
  void assertGradients(Config golden, List<WeightSpec> weights) {
    float[][] ofInputs = LayerGoldens.matrix(golden, "input_gradients");
    for (int i = 0; i < ofInputs.length; i++) {
      assertClose(ofInputs[i], inputGradient(i), 1e-5, "gradient of input " + i);
    }

    float[][] ofWeights = LayerGoldens.matrix(golden, "weight_gradients");
    assertEquals(ofWeights.length, weights.size());
    for (int i = 0; i < ofWeights.length; i++) {
      assertEquals(ofWeights[i].length, weights.get(i).shape().size());
      assertClose(ofWeights[i], weightGradients[i], 1e-5, "gradient of weight " + i);
    }
  }
}
