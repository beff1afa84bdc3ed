package io.firesteel.internal.data;

import java.io.Serializable;

/**
 * What the values of a row are, one after the other: features, labels, and its weight, or the
 * weights of its samples, if there are weights.
 *
 * <p>Rows may end in sparse features: behind the {@link #width} values that all rows have come the
 * values of its k entries, and then their k indices as the bits of floats ({@link
 * Float#intBitsToFloat}), ascending. What has no entry is +0.0. An index is below 2^30, so its bits
 * are never those of a NaN.
 */
public final class RowLayout implements Serializable {

  private static final long serialVersionUID = 3L;
  private static final int MOST_SPARSE_FEATURES = 1 << 30;

  private final int featureWidth;
  private final int labelWidth;
  private final int weightWidth;
  private final int sparseWidth;

  private RowLayout(int featureWidth, int labelWidth, int weightWidth, int sparseWidth) {
    this.featureWidth = featureWidth;
    this.labelWidth = labelWidth;
    this.weightWidth = weightWidth;
    this.sparseWidth = sparseWidth;
  }

  /**
   * Returns the layout of rows without weights.
   *
   * @throws IllegalArgumentException if there are no features or no labels
   */
  public static RowLayout of(int featureWidth, int labelWidth) {
    if (featureWidth < 1 || labelWidth < 1) {
      throw new IllegalArgumentException(
          "A row needs at least one feature and one label. Received: %d features, %d labels"
              .formatted(featureWidth, labelWidth));
    }

    return new RowLayout(featureWidth, labelWidth, 0, 0);
  }

  /**
   * Returns the layout of rows without weights that end in sparse features.
   *
   * @param featureWidth the number of features before them, which may be 0
   * @param sparseWidth the number of sparse features, those that are zero included
   * @throws IllegalArgumentException if there are no sparse features, more than 2^30, or no labels
   */
  public static RowLayout ofSparse(int featureWidth, int sparseWidth, int labelWidth) {
    if (featureWidth < 0 || sparseWidth < 1 || labelWidth < 1) {
      throw new IllegalArgumentException(
          "A sparse row needs at least one sparse feature and one label. Received: %d features, %d sparse features, %d labels"
              .formatted(featureWidth, sparseWidth, labelWidth));
    }

    if (sparseWidth > MOST_SPARSE_FEATURES - featureWidth) {
      throw new IllegalArgumentException(
          "A sparse row has at most 2^30 features. Received: %d and %d sparse ones"
              .formatted(featureWidth, sparseWidth));
    }

    return new RowLayout(featureWidth, labelWidth, 0, sparseWidth);
  }

  /** Returns this layout with so many weights behind the labels, 1 or one a sample of a row. */
  public RowLayout withWeights(int width) {
    return new RowLayout(featureWidth, labelWidth, width, sparseWidth);
  }

  /** Returns the number of features that are not sparse. */
  public int featureWidth() {
    return featureWidth;
  }

  /** Returns the number of sparse features, those that are zero included; 0 if rows have none. */
  public int sparseWidth() {
    return sparseWidth;
  }

  /** Tells whether rows end in sparse features. */
  public boolean isSparse() {
    return sparseWidth > 0;
  }

  /** Returns the number of all features, those that are zero included. */
  public int inputWidth() {
    return featureWidth + sparseWidth;
  }

  /** Returns the number of labels. */
  public int labelWidth() {
    return labelWidth;
  }

  /** Tells whether rows have weights. */
  public boolean weighted() {
    return weightWidth > 0;
  }

  /** Returns the number of weights of a row, 0 if rows have none. */
  public int weightWidth() {
    return weightWidth;
  }

  /** Returns the number of values that all rows have; entries of sparse features come behind. */
  public int width() {
    return featureWidth + labelWidth + weightWidth;
  }

  /** Returns the number of entries of a row's sparse features. */
  public int entries(float[] row) {
    return (row.length - width()) / 2;
  }
}
