package io.firesteel.spark;

import io.firesteel.data.RowHash;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some converted rows of one partition of the input, with their hashes, or what is wrong with the
 * row after them. The values are held as bytes, which is what Spark writes fastest.
 */
final class RowChunk implements Serializable {

  private static final long serialVersionUID = 1L;

  private final byte[] values;
  private final long[] hashes;
  private final int[] ends;
  private final int[] widths;
  private final String firstRow;
  private final @Nullable String problem;
  private final int skipped;

  /**
   * Creates a chunk.
   *
   * @param widths the number of values of each column
   * @param firstRow the first row as it stands in errors
   * @param problem what is wrong with the next row, or null
   * @param skipped the number of rows between these that were left out
   */
  RowChunk(
      List<float[]> rows, int[] widths, String firstRow, @Nullable String problem, int skipped) {
    this.hashes = new long[rows.size()];
    this.ends = new int[rows.size()];
    int size = 0;
    for (int i = 0; i < ends.length; i++) {
      size = Math.addExact(size, rows.get(i).length);
      ends[i] = size;
    }

    this.values = new byte[Math.multiplyExact(size, Float.BYTES)];
    FloatBuffer floats = floats();
    for (int i = 0; i < hashes.length; i++) {
      floats.put(rows.get(i));
      hashes[i] = RowHash.of(rows.get(i));
    }

    this.widths = widths;
    this.firstRow = firstRow;
    this.problem = problem;
    this.skipped = skipped;
  }

  /** Creates a chunk of one row. */
  RowChunk(float[] row) {
    this(List.of(row), new int[] {row.length}, "", null, 0);
  }

  /** Returns the number of rows. */
  int rows() {
    return hashes.length;
  }

  /** Returns a copy of a row. */
  float[] row(int index) {
    int start = index == 0 ? 0 : ends[index - 1];
    float[] row = new float[ends[index] - start];
    floats().get(start, row);
    return row;
  }

  /** Returns the hash of a row. */
  long hash(int index) {
    return hashes[index];
  }

  /** Returns what the driver needs to know of this chunk. */
  ChunkSummary summary() {
    return new ChunkSummary(
        hashes.length,
        skipped,
        values.length,
        Arrays.stream(hashes).sum(),
        widths,
        firstRow,
        problem);
  }

  private FloatBuffer floats() {
    return ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
  }
}
