package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.RowLayout;
import io.firesteel.saving.Argument;
import io.firesteel.spark.internal.rows.RowCells.ObjectCells;
import io.firesteel.spark.internal.rows.RowCells.VectorValues;
import io.firesteel.spark.internal.rows.RowColumns.ColumnKind;
import java.io.Serializable;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Turns rows of selected columns into float32 values: features, labels, weight, and entries of a
 * sparse last column of features, as {@link io.firesteel.internal.data.RowLayout} lays them out. It
 * learns the width of each column from the first row and refuses rows of another width, null, NaN
 * and what is infinite in float32.
 */
public final class RowReader implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final int LONGEST_ROW = 200;
  private static final int LONGEST_DENSE = 1 << 20;

  private final String[] names;
  private final ColumnKind[] kinds;
  private final int features;
  private final int labels;
  private final boolean weighted;
  private final int firstSparse;
  private final LinkedHashMap<String, Integer> classes = new LinkedHashMap<>();
  private final int[] widths;

  RowReader(
      List<String> names,
      List<ColumnKind> kinds,
      int features,
      int labels,
      boolean weighted,
      int sparse,
      List<String> classNames) {
    classNames.forEach(name -> classes.put(name, classes.size()));
    this.names = names.toArray(new String[0]);
    this.kinds = kinds.toArray(new ColumnKind[0]);
    this.features = features;
    this.labels = labels;
    this.weighted = weighted;
    this.firstSparse = features - sparse;
    this.widths = new int[this.names.length];
  }

  /** Returns the number of columns that it reads, the first ones of a row. */
  public int columns() {
    return names.length;
  }

  /** Returns the name of a column. */
  String name(int column) {
    return names[column];
  }

  /** Returns the number of columns of features. */
  public int features() {
    return features;
  }

  /** Returns the number of columns of labels. */
  int labels() {
    return labels;
  }

  /** Tells whether the last column holds weights. */
  boolean weighted() {
    return weighted;
  }

  /** Returns the number of values of all columns, zeros of sparse ones included. */
  public int width() {
    return Arrays.stream(widths).sum();
  }

  /** Returns the layout of rows whose columns have so many values. */
  RowLayout layout(int[] columnWidths) {
    int all = Arrays.stream(columnWidths, 0, features).sum();
    int ofLabels = Arrays.stream(columnWidths, features, features + labels).sum();
    int sparse = Arrays.stream(columnWidths, firstSparse, features).sum();
    RowLayout plain =
        firstSparse == features
            ? RowLayout.of(all, ofLabels)
            : RowLayout.ofSparse(all - sparse, sparse, ofLabels);
    return weighted ? plain.withWeights(columnWidths[columnWidths.length - 1]) : plain;
  }

  /** Returns the number of values of each column; 0 before the first row. */
  public int[] widths() {
    return widths.clone();
  }

  /**
   * Returns the values of a row.
   *
   * @throws RowProblem if the row is refused
   */
  public float[] read(Row row) {
    return read(new ObjectCells(row));
  }

  float[] read(RowCells row) {
    int width = 0;
    for (int column = 0; column < names.length; column++) {
      int ofColumn = width(row, column);
      width += isSparse(column) ? 0 : ofColumn;
    }

    int entries = 0;
    VectorValues[] vectors = new VectorValues[features - firstSparse];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = vector(row, firstSparse + i);
      entries += count(vectors[i]);
    }

    float[] result = new float[width + 2 * entries];
    int next = 0;
    for (int column = 0; column < names.length; column++) {
      next = isSparse(column) ? next : fill(row, column, result, next);
    }

    int before = 0;
    for (int i = 0; i < vectors.length; i++) {
      next = fillEntries(row, firstSparse + i, vectors[i], before, result, next, entries);
      before += widths[firstSparse + i];
    }

    requireWeights(row, result, width);
    return result;
  }

  private boolean isSparse(int column) {
    return column >= firstSparse && column < features;
  }

  private void requireWeights(RowCells row, float[] values, int end) {
    int count = weighted ? widths[widths.length - 1] : 0;
    for (int place = end - count; place < end; place++) {
      if (values[place] < 0) {
        throw new RowProblem(
            "The column '%s' of weights must not be negative. Received: %s in the row %s"
                .formatted(names[names.length - 1], values[place], describe(row.row())));
      }
    }
  }

  private VectorValues vector(RowCells row, int column) {
    VectorValues vector = row.vector(column);
    int wrong = vector.wrongPlace();
    if (wrong >= 0) {
      throw new RowProblem(
          "The column '%s' must hold vectors with ascending indices from 0 to %d. Received: %d at place %d in the row %s"
              .formatted(
                  names[column],
                  vector.size() - 1,
                  vector.index(wrong),
                  wrong,
                  describe(row.row())));
    }

    return vector;
  }

  /** Counts what is not +0.0 in float32. */
  private static int count(VectorValues vector) {
    int count = 0;
    for (double value : vector.values()) {
      count += Float.floatToRawIntBits((float) value) == 0 ? 0 : 1;
    }

    return count;
  }

  /** Puts a column's entries behind those of the columns before it, and their indices likewise. */
  private int fillEntries(
      RowCells row,
      int column,
      VectorValues vector,
      int before,
      float[] result,
      int first,
      int entries) {
    int next = first;
    for (int place = 0; place < vector.values().length; place++) {
      float value = finite(row, column, vector.values()[place]);
      if (Float.floatToRawIntBits(value) != 0) {
        result[next] = value;
        result[next++ + entries] = Float.intBitsToFloat(before + vector.index(place));
      }
    }

    return next;
  }

  /** Returns a row as it stands in errors. */
  public static String describe(Row row) {
    String text = row.toString();
    return text.length() <= LONGEST_ROW ? text : text.substring(0, LONGEST_ROW) + "...";
  }

  private int width(RowCells row, int column) {
    if (row.isNull(column)) {
      throw isNull(row, column);
    }

    boolean several = kinds[column] == ColumnKind.ARRAY || kinds[column] == ColumnKind.VECTOR;
    int width = several ? row.length(column) : 1;
    requireWidth(row, column, width);
    if (width > LONGEST_DENSE
        && kinds[column] == ColumnKind.VECTOR
        && !isSparse(column)
        && row.vector(column).isSparse()) {
      throw new RowProblem(
          "The column '%s' holds sparse vectors of %d values, too long to be made dense (at most %d); begin the model with Input.sparse(...), in Keras Input(shape, sparse=True)"
              .formatted(names[column], width, LONGEST_DENSE));
    }

    return width;
  }

  private int fill(RowCells row, int column, float[] result, int first) {
    return switch (kinds[column]) {
      case NUMBER -> {
        result[first] = finite(row, column, row.number(column));
        yield first + 1;
      }
      case CLASS -> {
        result[first] = classIndex(row, column);
        yield first + 1;
      }
      case ARRAY -> fillArray(row, column, result, first);
      case VECTOR -> {
        VectorValues vector = vector(row, column);
        for (int place = 0; place < vector.values().length; place++) {
          result[first + vector.index(place)] = finite(row, column, vector.values()[place]);
        }

        yield first + vector.size();
      }
    };
  }

  private int classIndex(RowCells row, int column) {
    String text = row.text(column);
    Integer index = classes.get(text);
    if (index == null) {
      List<String> all = List.copyOf(classes.keySet());
      throw new RowProblem(
          "The column '%s' of labels must hold one of the model's %d classes (%s). Received: '%s' in the row %s%s"
              .formatted(
                  names[column],
                  all.size(),
                  String.join(", ", all.subList(0, Math.min(10, all.size()))),
                  text,
                  describe(row.row()),
                  Argument.didYouMean(text, all)));
    }

    return index;
  }

  private int fillArray(RowCells row, int column, float[] result, int first) {
    row.copyArray(column, result, first);
    int end = first + widths[column];
    for (int i = first; i < end; i++) {
      if (!Float.isFinite(result[i])) {
        throw refused(row, column, i - first);
      }
    }

    return end;
  }

  /** Returns what is wrong with a value of an array. */
  private RowProblem refused(RowCells row, int column, int place) {
    Number number = row.row().<@Nullable Number>getSeq(column).apply(place);
    return number == null ? isNull(row, column) : notFinite(row, column, number.doubleValue());
  }

  private void requireWidth(RowCells row, int column, int width) {
    if (widths[column] == 0) {
      widths[column] = width;
    }

    if (width != widths[column] || width == 0) {
      throw new RowProblem(differs(column, widths[column], width, describe(row.row())));
    }
  }

  /** Returns what is wrong with a column that has two widths. */
  String differs(int column, int width, int other, String row) {
    return "The column '%s' must hold the same number of values in every row, at least one. Received: %d and %d, the latter in the row %s"
        .formatted(names[column], width, other, row);
  }

  private float finite(RowCells row, int column, double value) {
    float number = (float) value;
    if (!Float.isFinite(number)) {
      throw notFinite(row, column, value);
    }

    return number;
  }

  private RowProblem notFinite(RowCells row, int column, double value) {
    return RowProblem.ofValue(
        "The column '%s' must hold finite float32 numbers. Received: %s in the row %s"
            .formatted(names[column], value, describe(row.row())));
  }

  private RowProblem isNull(RowCells row, int column) {
    return RowProblem.ofValue(
        "The column '%s' must not hold null. Received the row %s"
            .formatted(names[column], describe(row.row())));
  }

  @Override
  public String toString() {
    return "RowReader" + Arrays.toString(names);
  }

  /** What is wrong with a row of input; it is reported as data, not as a failure of a task. */
  public static final class RowProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean isOfValue;

    public RowProblem(String message) {
      this(message, false);
    }

    private RowProblem(String message, boolean isOfValue) {
      super(message, null, false, false);
      this.isOfValue = isOfValue;
    }

    static RowProblem ofValue(String message) {
      return new RowProblem(message, true);
    }

    /** Tells whether the row has the right form, and a value that is null or not finite. */
    public boolean isOfValue() {
      return isOfValue;
    }
  }
}
