package io.firesteel.layers;

import java.util.List;

/** Where the columns of a {@link FeatureBlock} stand in its rows, and which weights are theirs. */
record FeatureLayout(FeatureColumns columns, boolean linear, boolean fm) {

  int numeric() {
    return columns.numeric().size();
  }

  List<IdColumn> ids() {
    return columns.ids();
  }

  int sparse() {
    return columns.sparseWidth();
  }

  /** Returns the place of the first vector in an output row. */
  int firstVector() {
    return (linear ? 1 : 0) + (fm ? 1 : 0) + numeric();
  }

  int outputWidth() {
    return firstVector() + ids().stream().mapToInt(IdColumn::outputDim).sum();
  }

  /** Returns the place of the result of the factorization machine in an output row. */
  int fmPlace() {
    return linear ? 1 : 0;
  }

  /** Returns the length of the vectors that the factorization machine multiplies, 0 without it. */
  int fmDim() {
    return fm ? ids().get(0).outputDim() : 0;
  }

  /** Returns the index of the first weight of the id columns. */
  int firstIdWeight() {
    return linear ? 1 + (numeric() > 0 ? 1 : 0) : 0;
  }
}
