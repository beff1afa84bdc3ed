package io.firesteel.tensor;

import java.util.Arrays;

/**
 * Sums of some rows of a float32 tensor, to be added to row by row; all other rows are zero. It is
 * how a gradient is summed up of which a batch touches few rows: what is never touched costs
 * nothing.
 *
 * <pre>{@code
 * int at = sums.row(id);
 * float[] values = sums.values();
 * for (int i = 0; i < sums.rowSize(); i++) {
 *   values[at + i] += gradient[i];
 * }
 * }</pre>
 *
 * <p>A row begins with +0.0, so it has the bits that it has in a whole tensor that begins with
 * zeros and is added to in the same order. {@link #finish} then puts the rows in ascending order,
 * in which {@link #add} merges. All arrays stay, and grow where they must.
 */
public final class RowSums {

  private static final int FEWEST_SLOTS = 16;

  private final int rowSize;
  private int[] rows = new int[0];
  private float[] values = new float[0];
  private int[] otherRows = new int[0];
  private float[] otherValues = new float[0];
  private final RowOrder order = new RowOrder();
  private int[] indices = new int[0];
  private int[] slots = new int[FEWEST_SLOTS];
  private int size;

  /*
   * Slots hold the position of a row plus 1. They are of use between clear and finish alone; used
   * says how many rows of the arrays are in them.
   */
  private int used;

  /**
   * Creates the sums of no rows.
   *
   * @param rowSize the number of values of a row, at least 1
   */
  public RowSums(int rowSize) {
    if (rowSize < 1) {
      throw new IllegalArgumentException(
          "A row needs at least one value. Received: rowSize=" + rowSize);
    }

    this.rowSize = rowSize;
  }

  /** Returns the number of values of a row. */
  public int rowSize() {
    return rowSize;
  }

  /** Returns the number of rows that are there. */
  public int size() {
    return size;
  }

  /** Returns the indices of the rows, of which the first {@link #size} count; not a copy. */
  public int[] rows() {
    return rows;
  }

  /**
   * Returns the values of one row after the other; not a copy. It is another array after a call of
   * {@link #row} that found no room.
   */
  public float[] values() {
    return values;
  }

  /** Forgets all rows. */
  public void clear() {
    if (used > 0) {
      Arrays.fill(slots, 0);
    }

    used = 0;
    size = 0;
  }

  /**
   * Returns where in {@link #values} the row of an index begins; it is there from now on, of +0.0
   * at first. Not to be called between {@link #finish} and {@link #clear}.
   */
  public int row(int index) {
    int slot = slot(index);
    while (slots[slot] != 0) {
      int position = slots[slot] - 1;
      if (rows[position] == index) {
        return position * rowSize;
      }

      slot = (slot + 1) & (slots.length - 1);
    }

    slots[slot] = size + 1;
    return append(index);
  }

  private int slot(int index) {
    return ((index * 0x9E3779B9) >>> 7) & (slots.length - 1);
  }

  private int append(int index) {
    int at = size * rowSize;
    reserve(size + 1);
    rows[size++] = index;
    for (int i = at; i < at + rowSize; i++) {
      values[i] = 0.0f;
    }

    used = size;
    if (2 * used > slots.length) {
      growSlots();
    }

    return at;
  }

  private void growSlots() {
    slots = new int[2 * slots.length];
    for (int position = 0; position < size; position++) {
      int slot = slot(rows[position]);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }

      slots[slot] = position + 1;
    }
  }

  /** Makes room for so many rows and keeps those that are there. */
  private void reserve(int count) {
    if (count > rows.length) {
      int capacity = grown(count);
      rows = Arrays.copyOf(rows, capacity);
      values = Arrays.copyOf(values, capacity * rowSize);
    }
  }

  private int grown(int count) {
    long most = Integer.MAX_VALUE / rowSize - 8L;
    if (count > most) {
      throw new IllegalStateException(
          "The sums of %d rows of %d values don't fit into one array".formatted(count, rowSize));
    }

    return (int) Math.min(most, Math.max(FEWEST_SLOTS, count + (count >> 1)));
  }

  /**
   * Replaces all rows by a number of others, whose indices, ascending, and values are still to be
   * written into {@link #rows} and {@link #values}.
   */
  public void resize(int count) {
    clear();
    reserve(count);
    size = count;
  }

  /** Returns an array for the indices of so many addends, for {@link #sum}. */
  public int[] indices(int count) {
    if (indices.length < count) {
      indices = new int[count];
    }

    return indices;
  }

  /**
   * Replaces all rows by the sums of addends, in ascending order: as if each was added, in its
   * turn, to {@link #row} of its index, but without looking for it.
   *
   * @param count the number of addends, whose indices are in {@link #indices}
   * @param addends the values, of which those of addend k begin at {@code first + k * stride}
   */
  public void sum(int count, float[] addends, int first, int stride) {
    int[] positions = order.of(indices, count);
    clear();
    reserve(count);
    int last = -1;
    for (int k = 0; k < count; k++) {
      int position = positions[k];
      if (indices[position] != last) {
        last = indices[position];
        rows[size] = last;
        Arrays.fill(values, size * rowSize, ++size * rowSize, 0.0f);
      }

      int to = (size - 1) * rowSize;
      int from = first + position * stride;
      for (int i = 0; i < rowSize; i++) {
        values[to + i] += addends[from + i];
      }
    }
  }

  /** Puts the rows in ascending order. */
  public void finish() {
    if (isAscending()) {
      return;
    }

    int[] positions = order.of(rows, size);
    if (otherRows.length < rows.length) {
      otherRows = new int[rows.length];
      otherValues = new float[values.length];
    }

    for (int k = 0; k < size; k++) {
      int from = positions[k];
      otherRows[k] = rows[from];
      copyRow(values, from, otherValues, k);
    }

    swap();
  }

  private boolean isAscending() {
    for (int k = 1; k < size; k++) {
      if (rows[k] <= rows[k - 1]) {
        return false;
      }
    }

    return true;
  }

  /**
   * Adds other sums to these, both in ascending order: a row that both have becomes left + right, a
   * row that one has stays as it is.
   */
  public void add(RowSums right) {
    int most = Math.addExact(size, right.size);
    if (otherRows.length < most) {
      int capacity = grown(most);
      otherRows = new int[capacity];
      otherValues = new float[capacity * rowSize];
    }

    int count = 0;
    int l = 0;
    int r = 0;
    while (l < size && r < right.size) {
      if (rows[l] < right.rows[r]) {
        take(this, l++, count++);
      } else if (rows[l] > right.rows[r]) {
        take(right, r++, count++);
      } else {
        take(this, l++, count);
        addRow(right.values, r++, count++);
      }
    }

    takeRest(this, l, count);
    takeRest(right, r, count + size - l);
    size = count + size - l + right.size - r;
    swap();
  }

  private void take(RowSums from, int position, int to) {
    otherRows[to] = from.rows[position];
    copyRow(from.values, position, otherValues, to);
  }

  private void takeRest(RowSums from, int first, int to) {
    int count = from.size - first;
    System.arraycopy(from.rows, first, otherRows, to, count);
    System.arraycopy(from.values, first * rowSize, otherValues, to * rowSize, count * rowSize);
  }

  private void copyRow(float[] source, int from, float[] target, int to) {
    if (rowSize == 1) {
      target[to] = source[from];
      return;
    }

    int start = from * rowSize;
    int end = to * rowSize;
    for (int i = 0; i < rowSize; i++) {
      target[end + i] = source[start + i];
    }
  }

  private void addRow(float[] addends, int from, int to) {
    for (int i = 0; i < rowSize; i++) {
      otherValues[to * rowSize + i] += addends[from * rowSize + i];
    }
  }

  private void swap() {
    int[] newRows = otherRows;
    float[] newValues = otherValues;
    otherRows = rows;
    otherValues = values;
    rows = newRows;
    values = newValues;
  }

  /** Returns a copy of the rows, of a tensor of that shape. */
  public RowSparse toRowSparse(Shape shape) {
    return RowSparse.wrap(shape, Arrays.copyOf(rows, size), Arrays.copyOf(values, size * rowSize));
  }

  /** Returns a copy of the whole tensor of that many rows. */
  public float[] toDense(int count) {
    float[] dense = new float[Math.multiplyExact(count, rowSize)];
    for (int k = 0; k < size; k++) {
      copyRow(values, k, dense, rows[k]);
    }

    return dense;
  }
}
