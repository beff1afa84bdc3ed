package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;

/**
 * One implementation of BLAS.
 *
 * @param name its name and version
 * @param blas what calls it
 */
record BlasLibrary(String name, BLAS blas) {

  /** Tells whether it is compiled from plain loops, whose product of a vector is a slow one. */
  boolean isPlainJava() {
    return blas.getClass().getSimpleName().startsWith("Java");
  }

  /**
   * Returns this library after a small product with it.
   *
   * @throws IllegalStateException if the product is wrong
   */
  BlasLibrary checked() {
    float[] product = new float[1];
    blas.sgemm(
        "N", "T", 1, 1, 2, 1.0f, new float[] {2, 3}, 1, new float[] {5, 7}, 1, 0.0f, product, 1);
    if (product[0] != 31.0f) {
      throw new IllegalStateException("2 * 5 + 3 * 7 gives " + product[0]);
    }

    return this;
  }
}
