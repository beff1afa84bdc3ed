package io.firesteel.tensor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The extents of a tensor, outermost first; row-major order. A scalar has none. */
public final class Shape {

  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;

  private Shape(int[] dims) {
    this.dims = dims;
  }

  /**
   * Returns a shape.
   *
   * @throws IllegalArgumentException if an extent is negative or the size exceeds 2^31 - 1
   */
  public static Shape of(int... dims) {
    long size = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new IllegalArgumentException(
            "The extents of a shape must not be negative. Received: " + Arrays.toString(dims));
      }

      // An extent of 0 makes the size 0, whatever comes before it.
      size = Math.min(size * dim, 1L << 31);
    }

    if (size > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "A tensor holds at most 2^31 - 1 values. Received the shape: " + Arrays.toString(dims));
    }

    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  /** Returns the shape of a scalar. */
  public static Shape scalar() {
    return SCALAR;
  }

  /** Returns the shape that a list of integers holds, as in a config. */
  public static Shape of(List<?> dims) {
    int[] extents = new int[dims.size()];
    for (int i = 0; i < extents.length; i++) {
      if (!(dims.get(i) instanceof Number number) || number.doubleValue() != number.intValue()) {
        throw new IllegalArgumentException(
            "A shape is a list of integers of 32 bits. Received: " + dims);
      }

      extents[i] = number.intValue();
    }

    return of(extents);
  }

  /** Returns the number of extents. */
  public int rank() {
    return dims.length;
  }

  /** Returns an extent; negative indices count from the end. */
  public int dim(int index) {
    return dims[index < 0 ? dims.length + index : index];
  }

  /** Returns the number of values, 1 for a scalar. */
  public int size() {
    int size = 1;
    for (int dim : dims) {
      size *= dim;
    }

    return size;
  }

  /** Returns the extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** Returns the shape with another last extent. */
  public Shape withLast(int last) {
    int[] copy = dims.clone();
    copy[copy.length - 1] = last;
    return of(copy);
  }

  /** Returns the extents as a list, as configs hold them. */
  public List<Long> toList() {
    List<Long> list = new ArrayList<>();
    for (int dim : dims) {
      list.add((long) dim);
    }

    return list;
  }

  /** Returns the extents as a list with a leading null, Keras's form of a batch of this shape. */
  public List<@Nullable Long> toBatchList() {
    List<@Nullable Long> list = new ArrayList<>();
    list.add(null);
    list.addAll(toList());
    return list;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof Shape that && Arrays.equals(dims, that.dims));
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /**
   * Returns the extents as Python writes a tuple, e.g. {@code (3, 2)}, {@code (3,)}, {@code ()}.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("(");
    for (int i = 0; i < dims.length; i++) {
      text.append(i == 0 ? "" : ", ").append(dims[i]);
    }

    return text.append(dims.length == 1 ? ",)" : ")").toString();
  }
}
