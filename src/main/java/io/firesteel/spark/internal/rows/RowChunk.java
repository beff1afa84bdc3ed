package io.firesteel.spark.internal.rows;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some converted rows of one partition of the input, and their keys. The values are held as bytes,
 * which is what Spark writes fastest.
 */
final class RowChunk implements Serializable {

  private static final long serialVersionUID = 1L;

  private final byte[] values;
  private final int[] ends;
  private final RowKeys keys;

  /**
   * Creates a chunk.
   *
   * @param widths the number of values of each column
   * @param firstRow the first row as it stands in errors
   * @param problem what is wrong with the next row, or null
   */
  RowChunk(List<float[]> rows, int[] widths, String firstRow, @Nullable String problem) {
    this.ends = new int[rows.size()];
    int size = 0;
    for (int i = 0; i < ends.length; i++) {
      size = Math.addExact(size, rows.get(i).length);
      ends[i] = size;
    }

    this.values = new byte[Math.multiplyExact(size, Float.BYTES)];
    FloatBuffer floats = floats();
    rows.forEach(floats::put);
    this.keys = new RowKeys(rows, widths, firstRow, problem);
  }

  /** Creates a chunk of one row. */
  RowChunk(float[] row) {
    this(List.of(row), new int[] {row.length}, "", null);
  }

  /** Returns the number of rows. */
  int rows() {
    return keys.rows();
  }

  /** Returns what puts the rows in order. */
  RowKeys keys() {
    return keys;
  }

  /** Returns a copy of a row. */
  float[] row(int index) {
    int start = index == 0 ? 0 : ends[index - 1];
    float[] row = new float[ends[index] - start];
    floats().get(start, row);
    return row;
  }

  private FloatBuffer floats() {
    return ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}
