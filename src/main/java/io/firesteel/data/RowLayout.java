package io.firesteel.data;

import java.io.Serializable;

/**
 * What the values of a row are, one after the other: features, labels, and the weight if there are
 * weights.
 */
public final class RowLayout implements Serializable {

  private static final long serialVersionUID = 1L;

  private final int featureWidth;
  private final int labelWidth;
  private final boolean weighted;

  private RowLayout(int featureWidth, int labelWidth, boolean weighted) {
    this.featureWidth = featureWidth;
    this.labelWidth = labelWidth;
    this.weighted = weighted;
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

    return new RowLayout(featureWidth, labelWidth, false);
  }

  /** Returns this layout with a weight at the end. */
  public RowLayout withWeight() {
    return new RowLayout(featureWidth, labelWidth, true);
  }

  /** Returns the number of features. */
  public int featureWidth() {
    return featureWidth;
  }

  /** Returns the number of labels. */
  public int labelWidth() {
    return labelWidth;
  }

  /** Tells whether rows have weights. */
  public boolean weighted() {
    return weighted;
  }

  /** Returns the number of values of a row. */
  public int width() {
    return featureWidth + labelWidth + (weighted ? 1 : 0);
  }
}
