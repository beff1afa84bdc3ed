package io.firesteel.tensor;

import dev.ludovic.netlib.blas.BLAS;

/**
 * A product of whole matrices, c = factor c + op(a) op(b), cut into blocks that several threads may
 * compute. A thread has one, which it uses again and again.
 */
final class Product implements ChunkPool.Work {

  /*
   * A weight's gradient, aᵀ b, is cut into blocks of rows: they are many, and the kernels of
   * OpenBLAS give blocks of a multiple of 192 rows the bits of the whole product. The other two are
   * cut into blocks of columns, as their rows are those of a shard's batch. Blocks that are
   * narrower would cost more than a few hundredths of the time; a product of fewer operations is
   * done before a helper is awake.
   */
  private static final int ROWS = 192;

  private static final int COLUMNS = 128;
  private static final int MOST_BLOCKS = 8;
  private static final long LEAST_OPERATIONS = 1L << 20;
  private static final ThreadLocal<Product> OWN = ThreadLocal.withInitial(Product::new);
  private static final float[] NOTHING = new float[0];

  /** Which of the two matrices is transposed. */
  enum Kind {
    PLAIN,
    LEFT_TRANSPOSED,
    RIGHT_TRANSPOSED
  }

  private Kind kind = Kind.PLAIN;
  private float[] a = NOTHING;
  private float[] b = NOTHING;
  private float[] c = NOTHING;
  private float factor;
  private int rows;
  private int inner;
  private int columns;
  private int block;

  private Product() {}

  /** Returns the calling thread's, of these matrices. */
  static Product of(Kind kind, float[] a, float[] b, float[] c) {
    Product product = OWN.get();
    product.kind = kind;
    product.a = a;
    product.b = b;
    product.c = c;
    return product;
  }

  /**
   * Computes it.
   *
   * @param newRows the rows of c
   * @param newInner the number of products in each sum
   * @param newColumns the columns of c
   */
  void run(float newFactor, int newRows, int newInner, int newColumns) {
    factor = newFactor;
    rows = newRows;
    inner = newInner;
    columns = newColumns;
    boolean byRows = kind == Kind.LEFT_TRANSPOSED;
    int size = byRows ? rows : columns;
    block = (long) rows * inner * columns < LEAST_OPERATIONS ? size : block(size, byRows);
    try {
      SpareCores.shared().run((size + block - 1) / block, this);
    } finally {
      a = NOTHING;
      b = NOTHING;
      c = NOTHING;
    }
  }

  private static int block(int size, boolean byRows) {
    int unit = byRows ? ROWS : COLUMNS;
    int units = (size + unit - 1) / unit;
    return (units + MOST_BLOCKS - 1) / MOST_BLOCKS * unit;
  }

  /** Computes a block. BLAS counts columns first, so a and b change places. */
  @Override
  public void run(int part) {
    BLAS blas = MatMul.blas();
    int from = part * block;
    switch (kind) {
      case PLAIN -> {
        int n = Math.min(block, columns - from);
        BlockProduct.sgemm(
            blas, "N", "N", n, rows, inner, 1, b, from, columns, a, 0, inner, factor, c, from,
            columns);
      }
      case LEFT_TRANSPOSED -> {
        int n = Math.min(block, rows - from);
        BlockProduct.sgemm(
            blas,
            "N",
            "T",
            columns,
            n,
            inner,
            1,
            b,
            0,
            columns,
            a,
            from,
            rows,
            factor,
            c,
            from * columns,
            columns);
      }
      case RIGHT_TRANSPOSED -> {
        int n = Math.min(block, columns - from);
        BlockProduct.sgemm(
            blas,
            "T",
            "N",
            n,
            rows,
            inner,
            1,
            b,
            from * inner,
            inner,
            a,
            0,
            inner,
            factor,
            c,
            from,
            columns);
      }
    }
  }
}
