package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import dev.ludovic.netlib.blas.JavaBLAS;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Matrix products of row-major float arrays, all on the calling thread.
 *
 * <p>The products are netlib's in Java, which need nothing installed: the Vector API's where the
 * JVM was started with {@code --add-modules=jdk.incubator.vector}, else plain loops. The same
 * arguments give the same bits on one implementation; implementations differ in the last ones,
 * which is why {@link #name} goes into the environment report.
 */
public final class MatMul {

  private static final BLAS BLAS_INSTANCE = JavaBLAS.getInstance();

  private MatMul() {}

  /** Returns the implementation and its version, e.g. {@code netlib VectorBLAS 3.0.4}. */
  public static String name() {
    return "netlib " + BLAS_INSTANCE.getClass().getSimpleName() + " " + netlibVersion();
  }

  /**
   * Computes c = a b. What c held before does not matter, not even NaN.
   *
   * @param a rows x inner
   * @param b inner x columns
   * @param c rows x columns
   */
  public static void multiply(float[] a, float[] b, float[] c, int rows, int inner, int columns) {
    check("a", a, rows, inner);
    check("b", b, inner, columns);
    check("c", c, rows, columns);
    if (rows > 0 && columns > 0) {
      BLAS_INSTANCE.sgemm(
          "N",
          "N",
          columns,
          rows,
          inner,
          1.0f,
          b,
          columns,
          a,
          Math.max(1, inner),
          0.0f,
          c,
          columns);
    }
  }

  /**
   * Computes c += aᵀ b.
   *
   * @param a rows x left
   * @param b rows x right
   * @param c left x right
   */
  public static void addTransposedTimes(
      float[] a, float[] b, float[] c, int rows, int left, int right) {
    check("a", a, rows, left);
    check("b", b, rows, right);
    check("c", c, left, right);
    if (rows > 0 && left > 0 && right > 0) {
      BLAS_INSTANCE.sgemm("N", "T", right, left, rows, 1.0f, b, right, a, left, 1.0f, c, right);
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
    if (rows > 0 && columns > 0) {
      BLAS_INSTANCE.sgemm(
          "T",
          "N",
          columns,
          rows,
          inner,
          1.0f,
          b,
          Math.max(1, inner),
          a,
          Math.max(1, inner),
          0.0f,
          c,
          columns);
    }
  }

  /**
   * Computes c = a b of matrices that are parts of longer arrays.
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
      BLAS_INSTANCE.sgemm(
          "N", "N", columns, rows, inner, 1, b, 0, columns, a, aStart, inner, 0, c, cStart,
          columns);
    }
  }

  /**
   * Computes c += aᵀ b of matrices that are parts of longer arrays.
   *
   * @param a rows x left, from index {@code aStart} on
   * @param b rows x right, from index {@code bStart} on
   * @param c left x right
   */
  public static void addTransposedTimesPart(
      float[] a, int aStart, float[] b, int bStart, float[] c, int rows, int left, int right) {
    checkPart("a", a, aStart, rows, left);
    checkPart("b", b, bStart, rows, right);
    check("c", c, left, right);
    if (rows > 0 && left > 0 && right > 0) {
      BLAS_INSTANCE.sgemm(
          "N", "T", right, left, rows, 1, b, bStart, right, a, aStart, left, 1, c, 0, right);
    }
  }

  /**
   * Computes c = a bᵀ of matrices that are parts of longer arrays.
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
      BLAS_INSTANCE.sgemm(
          "T", "N", columns, rows, inner, 1, b, 0, inner, a, aStart, inner, 0, c, cStart, columns);
    }
  }

  private static void checkPart(String name, float[] values, int start, int rows, int columns) {
    if (start < 0 || rows < 0 || columns < 0 || start + (long) rows * columns > values.length) {
      throw new IllegalArgumentException(
          "The matrix %s of %d x %d from index %d does not fit into %d values"
              .formatted(name, rows, columns, start, values.length));
    }
  }

  private static void check(String name, float[] values, int rows, int columns) {
    if (rows < 0 || columns < 0 || (long) rows * columns > values.length) {
      throw new IllegalArgumentException(
          "The matrix %s of %d x %d does not fit into %d values"
              .formatted(name, rows, columns, values.length));
    }
  }

  private static String netlibVersion() {
    String resource = "/META-INF/maven/dev.ludovic.netlib/blas/pom.properties";
    try (InputStream in = BLAS.class.getResourceAsStream(resource)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }

      return properties.getProperty("version", "of unknown version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
