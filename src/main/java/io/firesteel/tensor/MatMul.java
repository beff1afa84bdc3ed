package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Matrix products of row-major float arrays. Any number of threads may call at once.
 *
 * <p>A large product is computed in blocks of columns or rows, by the calling thread and the {@link
 * SpareCores}. The blocks depend on the sizes alone, so that the number of cores changes no bit;
 * each is one call of the BLAS on one thread.
 *
 * <p>They are those of a BLAS, chosen once per JVM and logged. The system property {@code
 * firesteel.blas} says which:
 *
 * <ul>
 *   <li>{@code openblas}: the OpenBLAS in the jar {@code org.bytedeco:openblas}, with one thread;
 *   <li>{@code system}: the shared library that netlib's properties {@code
 *       dev.ludovic.netlib.blas.nativeLibPath} or {@code nativeLib} name, or {@code libblas.so.3};
 *       the user sets its number of threads;
 *   <li>{@code vector}: netlib's, with the Vector API, where the JVM was started with {@code
 *       --add-modules=jdk.incubator.vector};
 *   <li>{@code java}: netlib's, in plain Java;
 *   <li>{@code auto}, the default: the first of these that works, {@code system} only where it is
 *       known to use one thread and to be an OpenBLAS, MKL or BLIS; before all others if netlib's
 *       properties name a library.
 * </ul>
 *
 * <p>What Spark's MLlib in the same JVM uses is not touched: netlib's JNI code is loaded for
 * Firesteel alone, with a library of its own. Only if MLlib loads netlib for the first time at the
 * very moment may it get the same library.
 *
 * <p>The same arguments give the same bits on one implementation; implementations differ in the
 * last ones, which is why {@link #name} goes into the environment report.
 */
public final class MatMul {

  private static final BlasChoice.@Nullable BlasLibrary LIBRARY;
  private static final @Nullable RuntimeException FAILURE;

  static {
    BlasChoice.BlasLibrary library = null;
    RuntimeException failure = null;
    try {
      String setting = System.getProperty(BlasChoice.PROPERTY, "auto");
      library = BlasChoice.ofMachine().choose(setting);
    } catch (IllegalArgumentException | IllegalStateException e) {
      failure = e;
    }

    LIBRARY = library;
    FAILURE = failure;
  }

  private MatMul() {}

  /**
   * Returns the implementation and its version, e.g. {@code OpenBLAS 0.3.31 by netlib 3.0.4}.
   *
   * @throws IllegalStateException if the property {@code firesteel.blas} names what does not exist
   *     or does not work; so does every product
   */
  public static String name() {
    return library().name();
  }

  /**
   * Computes c = a b. What c held before does not matter, not even NaN.
   *
   * @param a rows x inner
   * @param b inner x columns
   * @param c rows x columns
   */
  public static void multiply(float[] a, float[] b, float[] c, int rows, int inner, int columns) {
    product(a, b, 0.0f, c, rows, inner, columns);
  }

  /**
   * Computes c += a b.
   *
   * @param a rows x inner
   * @param b inner x columns
   * @param c rows x columns
   */
  public static void addProduct(float[] a, float[] b, float[] c, int rows, int inner, int columns) {
    product(a, b, 1.0f, c, rows, inner, columns);
  }

  private static void product(
      float[] a, float[] b, float factor, float[] c, int rows, int inner, int columns) {
    check("a", a, rows, inner);
    check("b", b, inner, columns);
    check("c", c, rows, columns);
    if (inner == 0) {
      clear(c, rows * columns, factor);
    } else if (rows > 0 && columns > 0) {
      Product.of(Product.Kind.PLAIN, a, b, c).run(factor, rows, inner, columns);
    }
  }

  /**
   * Computes c = aᵀ b. What c held before does not matter, not even NaN.
   *
   * @param a rows x left
   * @param b rows x right
   * @param c left x right
   */
  public static void transposedTimes(
      float[] a, float[] b, float[] c, int rows, int left, int right) {
    check("a", a, rows, left);
    check("b", b, rows, right);
    check("c", c, left, right);
    if (rows == 0) {
      clear(c, left * right, 0.0f);
    } else if (left > 0 && right > 0) {
      Product.of(Product.Kind.LEFT_TRANSPOSED, a, b, c).run(0.0f, left, rows, right);
    }
  }

  /**
   * Computes c = a bᵀ. What c held before does not matter, not even NaN.
   *
   * @param a rows x inner
   * @param b columns x inner
   * @param c rows x columns
   */
  public static void timesTransposed(
      float[] a, float[] b, float[] c, int rows, int inner, int columns) {
    check("a", a, rows, inner);
    check("b", b, columns, inner);
    check("c", c, rows, columns);
    if (inner == 0) {
      clear(c, rows * columns, 0.0f);
    } else if (rows > 0 && columns > 0) {
      Product.of(Product.Kind.RIGHT_TRANSPOSED, a, b, c).run(0.0f, rows, inner, columns);
    }
  }

  /**
   * Computes c = a b of matrices that are parts of longer arrays, on the calling thread.
   *
   * @param a rows x inner, from index {@code aStart} on
   * @param b inner x columns
   * @param c rows x columns, from index {@code cStart} on
   */
  public static void multiplyPart(
      float[] a, int aStart, float[] b, float[] c, int cStart, int rows, int inner, int columns) {
    checkPart("a", a, aStart, rows, inner);
    check("b", b, inner, columns);
    checkPart("c", c, cStart, rows, columns);
    if (rows > 0 && inner > 0 && columns > 0) {
      blas()
          .sgemm(
              "N", "N", columns, rows, inner, 1, b, 0, columns, a, aStart, inner, 0, c, cStart,
              columns);
    }
  }

  /**
   * Computes c += a b of matrices that are parts of longer arrays, on the calling thread.
   *
   * @param a rows x inner, from index {@code aStart} on
   * @param b inner x columns
   * @param c rows x columns, from index {@code cStart} on
   */
  public static void addProductPart(
      float[] a, int aStart, float[] b, float[] c, int cStart, int rows, int inner, int columns) {
    checkPart("a", a, aStart, rows, inner);
    check("b", b, inner, columns);
    checkPart("c", c, cStart, rows, columns);
    if (rows > 0 && inner > 0 && columns > 0) {
      blas()
          .sgemm(
              "N", "N", columns, rows, inner, 1, b, 0, columns, a, aStart, inner, 1, c, cStart,
              columns);
    }
  }

  /**
   * Computes c += aᵀ b of matrices that are parts of longer arrays, on the calling thread.
   *
   * @param a rows x left, from index {@code aStart} on
   * @param b rows x right, from index {@code bStart} on
   * @param c left x right, from index {@code cStart} on
   */
  public static void addTransposedTimesPart(
      float[] a,
      int aStart,
      float[] b,
      int bStart,
      float[] c,
      int cStart,
      int rows,
      int left,
      int right) {
    checkPart("a", a, aStart, rows, left);
    checkPart("b", b, bStart, rows, right);
    checkPart("c", c, cStart, left, right);
    if (rows > 0 && left > 0 && right > 0) {
      blas()
          .sgemm(
              "N", "T", right, left, rows, 1, b, bStart, right, a, aStart, left, 1, c, cStart,
              right);
    }
  }

  /**
   * Computes c = a bᵀ of matrices that are parts of longer arrays, on the calling thread.
   *
   * @param a rows x inner, from index {@code aStart} on
   * @param b columns x inner
   * @param c rows x columns, from index {@code cStart} on
   */
  public static void timesTransposedPart(
      float[] a, int aStart, float[] b, float[] c, int cStart, int rows, int inner, int columns) {
    checkPart("a", a, aStart, rows, inner);
    check("b", b, columns, inner);
    checkPart("c", c, cStart, rows, columns);
    if (rows > 0 && inner > 0 && columns > 0) {
      blas()
          .sgemm(
              "T", "N", columns, rows, inner, 1, b, 0, inner, a, aStart, inner, 0, c, cStart,
              columns);
    }
  }

  /**
   * Computes y += x w of vectors that are parts of longer arrays, on the calling thread. It is
   * faster than a product of one row, which copies the matrix first, and may differ in the last
   * bits.
   *
   * @param x inner values, from index {@code xStart} on
   * @param w inner x columns
   * @param y columns values, from index {@code yStart} on
   */
  public static void addVectorProduct(
      float[] x, int xStart, float[] w, float[] y, int yStart, int inner, int columns) {
    checkPart("x", x, xStart, 1, inner);
    check("w", w, inner, columns);
    checkPart("y", y, yStart, 1, columns);
    if (inner == 0 || columns == 0) {
      return;
    }

    if (library().isPlainJava()) {
      addProductPart(x, xStart, w, y, yStart, 1, inner, columns);
    } else {
      blas().sgemv("N", columns, inner, 1, w, 0, columns, x, xStart, 1, 1, y, yStart, 1);
    }
  }

  private static void checkPart(String name, float[] values, int start, int rows, int columns) {
    if (start < 0 || rows < 0 || columns < 0 || start + (long) rows * columns > values.length) {
      throw new IllegalArgumentException(
          "The matrix %s of %d x %d from index %d does not fit into %d values"
              .formatted(name, rows, columns, start, values.length));
    }
  }

  private static void clear(float[] c, int size, float factor) {
    if (factor == 0.0f) {
      Arrays.fill(c, 0, size, 0.0f);
    }
  }

  static BLAS blas() {
    return library().blas();
  }

  private static BlasChoice.BlasLibrary library() {
    if (LIBRARY == null) {
      String message = FAILURE == null ? "No BLAS" : FAILURE.getMessage();
      throw new IllegalStateException(message, FAILURE);
    }

    return LIBRARY;
  }

  private static void check(String name, float[] values, int rows, int columns) {
    if (rows < 0 || columns < 0 || (long) rows * columns > values.length) {
      throw new IllegalArgumentException(
          "The matrix %s of %d x %d does not fit into %d values"
              .formatted(name, rows, columns, values.length));
    }
  }
}
