package io.firesteel.spark.internal.rows;

import io.firesteel.internal.data.RowHash;
import io.firesteel.spark.internal.rows.RowReader.RowProblem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Converts the rows of a partition, a chunk at a time. Rows with equal order columns, the columns
 * behind those that the reader reads, are put in the order of their content; without such columns
 * the rows stay in their order.
 */
final class ChunkIterator<R> implements Iterator<RowChunk> {

  /*
   * Small, because Java serialization keeps what it wrote to a stream, 100 objects as a rule
   * (spark.serializer.objectStreamReset), and so each task's last chunks stay in the heap.
   */
  private static final int CHUNK_VALUES = 1 << 14;

  private final Iterator<R> rows;
  private final Function<R, RowCells> cells;
  private final RowReader reader;
  private final String[] orderColumns;
  private @Nullable RowCells next;
  private @Nullable String firstRow;
  private boolean ended;

  /**
   * Creates an iterator over chunks.
   *
   * @param cells returns the cells of a row, which is gone when the next one comes
   */
  ChunkIterator(
      Iterator<R> rows, Function<R, RowCells> cells, RowReader reader, String... orderColumns) {
    this.rows = rows;
    this.cells = cells;
    this.reader = reader;
    this.orderColumns = orderColumns;
    advance();
  }

  @Override
  public boolean hasNext() {
    return next != null && !ended;
  }

  @Override
  public RowChunk next() {
    if (next == null || ended) {
      throw new NoSuchElementException();
    }

    if (firstRow == null) {
      firstRow = RowReader.describe(next.row());
    }

    List<float[]> chunk = new ArrayList<>();
    String problem = null;
    try {
      int values = 0;
      while (next != null && values < CHUNK_VALUES) {
        values += orderColumns.length == 0 ? addRow(chunk) : addTies(chunk);
      }
    } catch (RowProblem e) {
      problem = e.getMessage();
      ended = true;
    }

    return new RowChunk(chunk, reader.widths(), firstRow, problem);
  }

  private int addRow(List<float[]> chunk) {
    int count = read(Objects.requireNonNull(next), chunk);
    advance();
    return count;
  }

  /** Adds a row; returns how many values it has. */
  private int read(RowCells row, List<float[]> target) {
    float[] values = reader.read(row);
    target.add(values);
    return values.length;
  }

  private int addTies(List<float[]> chunk) {
    Object[] first = orderValues(Objects.requireNonNull(next));
    List<float[]> ties = new ArrayList<>();
    int count = 0;
    while (next != null && Arrays.equals(first, orderValues(next))) {
      count += read(next, ties);
      advance();
    }

    ties.sort(RowHash::compareContent);
    chunk.addAll(ties);
    return count;
  }

  /** Returns what rows are ordered by; 0.0 and -0.0 are equal, as when Spark sorts. */
  private Object[] orderValues(RowCells cells) {
    Row row = cells.row();
    Object[] values = new Object[orderColumns.length];
    for (int i = 0; i < values.length; i++) {
      Object value = row.get(reader.columns() + i);
      if (value == null) {
        throw new RowProblem(
            "The column '%s' of orderBy must not hold null. Received the row %s"
                .formatted(orderColumns[i], RowReader.describe(row)));
      }

      values[i] = value instanceof Double number ? (Object) (number + 0.0) : value;
      values[i] = value instanceof Float number ? (Object) (number + 0.0f) : values[i];
    }

    return values;
  }

  private void advance() {
    next = rows.hasNext() ? cells.apply(rows.next()) : null;
  }
}
