package io.firesteel.layers;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.tensor.RowSums;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The call of a layer inside another one: with the same mode, some of its weights, and buffers that
 * the outer one gives.
 */
final class InnerCall implements LayerCall {

  private static final float[] NOTHING = new float[0];

  private final LayerCall outer;
  private final int rows;
  private final int firstWeight;
  private final int part;
  private float[] input = NOTHING;
  private float[] output = NOTHING;
  private float[] outputGradient = NOTHING;
  private float @Nullable [] inputGradient;
  private boolean @Nullable [] mask;
  private float[][] states = new float[0][];
  private float[] @Nullable [] stateGradients = new float[0][];
  private float[] @Nullable [] replacements = new float[0][];
  private float[] @Nullable [] places = new float[0][];
  private long redirected;
  private boolean asOuter;

  /**
   * Creates the call.
   *
   * @param part the number of the inner layer among those of the outer one
   * @param firstWeight the index of the inner layer's first weight among those of the outer one
   */
  InnerCall(LayerCall outer, int rows, int part, int firstWeight) {
    this.outer = outer;
    this.rows = rows;
    this.firstWeight = firstWeight;
    this.part = part;
  }

  InnerCall values(float[] newInput, float[] newOutput, boolean @Nullable [] newMask) {
    input = newInput;
    output = newOutput;
    mask = newMask;
    return this;
  }

  InnerCall gradients(float[] ofOutput, float @Nullable [] ofInput) {
    outputGradient = ofOutput;
    inputGradient = ofInput;
    return this;
  }

  /** Gives the inner layer further inputs, and where their gradients go. */
  InnerCall states(float[][] inputs, float[] @Nullable [] gradients) {
    states = inputs;
    stateGradients = gradients;
    return this;
  }

  /** Returns a call with all inputs and the output of the outer one. */
  static InnerCall around(LayerCall outer) {
    InnerCall call = new InnerCall(outer, outer.rows(), 0, 0);
    call.asOuter = true;
    return call.values(outer.input(), outer.output(), null);
  }

  /** Gives the inner layer other values of one of its weights. */
  InnerCall withWeight(int index, float[] values) {
    replacements = Arrays.copyOf(replacements, Math.max(replacements.length, index + 1));
    replacements[index] = values;
    return this;
  }

  /** Gives the inner layer another place for the gradient of one of its weights, or none. */
  InnerCall withGradient(int index, float @Nullable [] values) {
    places = Arrays.copyOf(places, Math.max(places.length, index + 1));
    places[index] = values;
    redirected |= 1L << index;
    return this;
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public boolean training() {
    return outer.training();
  }

  @Override
  public long seed() {
    return outer.seed() + part;
  }

  @Override
  public boolean useCausalMask() {
    return outer.useCausalMask();
  }

  @Override
  public boolean returnAttentionScores() {
    return outer.returnAttentionScores();
  }

  @Override
  public float[] weight(int index) {
    float[] other = index < replacements.length ? replacements[index] : null;
    return other == null ? outer.weight(firstWeight + index) : other;
  }

  @Override
  public float @Nullable [] weightGradient(int index) {
    return (redirected >> index & 1) == 1
        ? places[index]
        : outer.weightGradient(firstWeight + index);
  }

  @Override
  public @Nullable RowSums rowGradient(int index) {
    return null;
  }

  @Override
  public float @Nullable [] statistic(int index) {
    return outer.statistic(firstWeight + index);
  }

  @Override
  public float[] input() {
    return input;
  }

  @Override
  public float[] input(int index) {
    return asOuter ? outer.input(index) : index == 0 ? input : states[index - 1];
  }

  @Override
  public boolean @Nullable [] mask(int index) {
    return asOuter ? outer.mask(index) : mask;
  }

  @Override
  public boolean[] outputMask() {
    return outer.outputMask();
  }

  @Override
  public @Nullable SparseRows sparseInput() {
    return null;
  }

  @Override
  public float[] output() {
    return output;
  }

  @Override
  public float[] outputGradient() {
    return asOuter ? outer.outputGradient() : outputGradient;
  }

  @Override
  public float @Nullable [] inputGradient() {
    return asOuter ? outer.inputGradient() : inputGradient;
  }

  @Override
  public float @Nullable [] inputGradient(int index) {
    if (asOuter) {
      return outer.inputGradient(index);
    }

    return index == 0 ? inputGradient : stateGradients[index - 1];
  }

  @Override
  public float[] scratch(int length) {
    return outer.scratch(part, length);
  }

  @Override
  public float[] scratch(int index, int length) {
    throw new UnsupportedOperationException("A layer inside another one has no layers inside it");
  }
}
