package io.firesteel.layers;

import io.firesteel.internal.data.SparseRows;
import io.firesteel.tensor.RowSums;

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
  float[] skipInput = new float[0];
  float[] skipGradient;
  int skipWidth;
  boolean training = true;
  private final int rows;
  private final long seed;
  private float[] scratch = new float[0];

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

  /** Provides the output of an earlier layer. */
  void skip(int width) {
    skipWidth = width;
    skipInput = new float[rows * width];
    skipGradient = new float[rows * width];
  }

  @Override
  public float[] skipInput() {
    return skipInput;
  }

  @Override
  public int skipWidth() {
    return skipWidth;
  }

  @Override
  public float[] skipGradient() {
    return skipGradient;
  }

  @Override
  public float[] scratch(int length) {
    if (scratch.length < length) {
      scratch = new float[length];
    }

    return scratch;
  }
}
