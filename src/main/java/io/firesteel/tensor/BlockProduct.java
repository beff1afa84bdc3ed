package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * Products of blocks of matrices.
 *
 * <p>netlib 3.0.3, which Spark 3.5 and 4.0 bring, refuses blocks whose last row ends where the
 * matrix does, as if they had whole rows. What it calls after that check is called here without it,
 * so that the bits are those of every other line of Spark.
 */
final class BlockProduct {

  private static final String UNCHECKED = "sgemmK";

  /** Null where blocks are accepted. */
  private static final @Nullable MethodHandle PRODUCT = product(MatMul.blas());

  private BlockProduct() {}

  private static @Nullable MethodHandle product(BLAS blas) {
    try {
      float[] matrix = {1, 1};
      blas.sgemm("N", "N", 1, 1, 1, 1, matrix, 1, 2, matrix, 1, 2, 0, new float[2], 1, 2);
      return null;
    } catch (IndexOutOfBoundsException refused) {
      return unchecked(blas);
    }
  }

  private static MethodHandle unchecked(BLAS blas) {
    MethodType type =
        MethodType.methodType(
            void.class,
            String.class,
            String.class,
            int.class,
            int.class,
            int.class,
            float.class,
            float[].class,
            int.class,
            int.class,
            float[].class,
            int.class,
            int.class,
            float.class,
            float[].class,
            int.class,
            int.class);
    Class<?> abstractBlas = blas.getClass();
    while (abstractBlas.getSuperclass() != Object.class) {
      abstractBlas = abstractBlas.getSuperclass();
    }

    try {
      Method method = abstractBlas.getDeclaredMethod(UNCHECKED, type.parameterArray());
      method.setAccessible(true);
      return MethodHandles.lookup()
          .unreflect(method)
          .asType(type.insertParameterTypes(0, BLAS.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(
          "%s has no %s that can be called".formatted(abstractBlas.getName(), UNCHECKED), e);
    }
  }

  /** Computes a product as {@link BLAS#sgemm} does. */
  static void sgemm(
      BLAS blas,
      String left,
      String right,
      int m,
      int n,
      int k,
      float alpha,
      float[] a,
      int offsetA,
      int lda,
      float[] b,
      int offsetB,
      int ldb,
      float beta,
      float[] c,
      int offsetC,
      int ldc) {
    if (PRODUCT == null) {
      blas.sgemm(
          left, right, m, n, k, alpha, a, offsetA, lda, b, offsetB, ldb, beta, c, offsetC, ldc);
      return;
    }

    try {
      PRODUCT.invokeExact(
          blas, left, right, m, n, k, alpha, a, offsetA, lda, b, offsetB, ldb, beta, c, offsetC,
          ldc);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(UNCHECKED + " of netlib failed", e);
    }
  }
}
