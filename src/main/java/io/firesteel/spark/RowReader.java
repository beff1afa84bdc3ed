package io.firesteel.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows of selected columns into float32 values: features, labels, weight. It learns the width
 * of each column from the first row and refuses rows of another width, null, NaN and what is
 * infinite in float32.
 */
final class RowReader implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_ROW = 200;

  private final String[] names;
  private final ColumnKind[] kinds;
  private final int features;
  private final int labels;
  private final boolean weighted;
  private final RowIds ids;
  private final int[] widths;

  RowReader(
      List<String> names,
      List<ColumnKind> kinds,
      int features,
      int labels,
      boolean weighted,
      RowIds ids) {
    this.names = names.toArray(new String[0]);
    this.kinds = kinds.toArray(new ColumnKind[0]);
    this.features = features;
    this.labels = labels;
    this.weighted = weighted;
    this.ids = ids;
    this.widths = new int[this.names.length];
  }

  /** Returns the number of columns that it reads, the first ones of a row. */
  int columns() {
    return names.length;
  }

  /** Returns the name of a column. */
  String name(int column) {
    return names[column];
  }

  /** Returns the number of columns of features. */
  int features() {
    return features;
  }

  /** Returns the number of columns of labels. */
  int labels() {
    return labels;
  }

  /** Tells whether the last column is a weight. */
  boolean weighted() {
    return weighted;
  }

  /** Returns the number of values of each column; 0 before the first row. */
  int[] widths() {
    return widths.clone();
  }

  /**
   * Returns the values of a row, or null for one that is left out because of its ids.
   *
   * @throws RowProblem if the row is refused
   */
  float @Nullable [] read(Row row) {
    if (ids.isSkipped(row)) {
      return null;
    }

    int width = 0;
    for (int column = 0; column < names.length; column++) {
      width += width(row, column);
    }

    float[] result = new float[width];
    int next = 0;
    for (int column = 0; column < names.length; column++) {
      next = fill(row, column, result, next);
    }

    if (weighted && result[width - 1] < 0) {
      throw new RowProblem(
          "The column '%s' of weights must not be negative. Received: %s in the row %s"
              .formatted(names[names.length - 1], result[width - 1], describe(row)));
    }

    return result;
  }

  /** Returns a row as it stands in errors. */
  static String describe(Row row) {
    String text = row.toString();
    return text.length() <= LONGEST_ROW ? text : text.substring(0, LONGEST_ROW) + "...";
  }

  private int width(Row row, int column) {
    Object value = row.get(column);
    if (value == null && kinds[column] != ColumnKind.ID) {
      throw isNull(row, column);
    }

    int width =
        switch (kinds[column]) {
          case NUMBER, ID -> 1;
          case ARRAY -> row.getSeq(column).length();
          case VECTOR ->
              value instanceof org.apache.spark.ml.linalg.Vector vector
                  ? vector.size()
                  : ((org.apache.spark.mllib.linalg.Vector) value).size();
        };
    requireWidth(row, column, width);
    return width;
  }

  private int fill(Row row, int column, float[] result, int first) {
    Object value = row.get(column);
    return switch (kinds[column]) {
      case NUMBER -> {
        result[first] = finite(row, column, ((Number) value).doubleValue());
        yield first + 1;
      }
      case ID -> {
        result[first] = ids.index(row, column);
        yield first + 1;
      }
      case ARRAY -> fillArray(row, column, result, first);
      case VECTOR -> {
        double[] values =
            value instanceof org.apache.spark.ml.linalg.Vector vector
                ? vector.toArray()
                : ((org.apache.spark.mllib.linalg.Vector) value).toArray();
        for (int i = 0; i < values.length; i++) {
          result[first + i] = finite(row, column, values[i]);
        }

        yield first + values.length;
      }
    };
  }

  private int fillArray(Row row, int column, float[] result, int first) {
    scala.collection.Iterator<@Nullable Number> values =
        row.<@Nullable Number>getSeq(column).iterator();
    int next = first;
    while (values.hasNext()) {
      Number number = values.next();
      if (number == null) {
        throw isNull(row, column);
      }

      result[next++] = finite(row, column, number.doubleValue());
    }

    return next;
  }

  private void requireWidth(Row row, int column, int width) {
    if (widths[column] == 0) {
      widths[column] = width;
    }

    if (width != widths[column] || width == 0) {
      throw new RowProblem(differs(column, widths[column], width, describe(row)));
    }
  }

  /** Returns what is wrong with a column that has two widths. */
  String differs(int column, int width, int other, String row) {
    return "The column '%s' must hold the same number of values in every row, at least one. Received: %d and %d, the latter in the row %s"
        .formatted(names[column], width, other, row);
  }

  private float finite(Row row, int column, double value) {
    float number = (float) value;
    if (!Float.isFinite(number)) {
      throw new RowProblem(
          "The column '%s' must hold finite float32 numbers. Received: %s in the row %s"
              .formatted(names[column], value, describe(row)));
    }

    return number;
  }

  private RowProblem isNull(Row row, int column) {
    return new RowProblem(
        "The column '%s' must not hold null. Received the row %s"
            .formatted(names[column], describe(row)));
  }

  @Override
  public String toString() {
    return "RowReader" + Arrays.toString(names);
  }
}
