package io.firesteel.internal.gradients;

/** The data sets of a {@link GradientSource}. */
public enum DataSet {
  /** The rows to train on; of a source that only evaluates, those to evaluate. */
  TRAINING(0),

  /** The rows to validate on between epochs. */
  VALIDATION(1);

  private static final DataSet[] BY_CODE = {TRAINING, VALIDATION};

  private final int code;

  DataSet(int code) {
    this.code = code;
  }

  /** Returns the number that stands for it in messages. */
  public int code() {
    return code;
  }

  /** Returns the data set of a number. */
  public static DataSet ofCode(int code) {
    return BY_CODE[code];
  }
}
