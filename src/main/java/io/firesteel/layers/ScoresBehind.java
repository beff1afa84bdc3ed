package io.firesteel.layers;

/**
 * Rows of attention that have the scores behind the output, and the same apart from each other.
 *
 * @param rows the number of rows
 * @param values the number of values of a row of the output
 * @param scores the number of scores of a row
 */
record ScoresBehind(int rows, int values, int scores) {

  /** Puts both together. */
  void join(float[] from, int ofValues, int ofScores, float[] both) {
    for (int row = 0; row < rows; row++) {
      int to = row * (values + scores);
      System.arraycopy(from, ofValues + row * values, both, to, values);
      System.arraycopy(from, ofScores + row * scores, both, to + values, scores);
    }
  }

  /** Takes the values of the output out. */
  void takeValues(float[] both, float[] to, int at) {
    for (int row = 0; row < rows; row++) {
      System.arraycopy(both, row * (values + scores), to, at + row * values, values);
    }
  }

  /** Returns where one of all scores is. */
  int place(int score) {
    int row = score / scores;
    return row * (values + scores) + values + score - row * scores;
  }
}
