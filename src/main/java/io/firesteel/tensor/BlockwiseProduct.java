package io.firesteel.tensor;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A product c += aᵀ b of matrices of one size, with the bits that it has where each block of a's
 * columns is multiplied by itself, but at once where that gives the same bits.
 *
 * <p>Whether it does depends on the kernels of the CPU's family, and on how these cut matrices. So
 * the first one of a size computes a product of random numbers in the ways there are, and those
 * that differ from the blocks are out: the order of additions, and what is rounded in between, does
 * not depend on the numbers, and among so many sums another order would show.
 */
public final class BlockwiseProduct {

  /* The kernels of OpenBLAS for AVX2 take so many columns at a time, and fewer in other orders. */
  private static final int COLUMNS = 12;

  /* What is few columns: there are kernels for 1, 2 and 4 that do not use a processor's width. */
  private static final int FEW = 3;

  private static final long SEED = 17;
  private static final ThreadLocal<float[]> TURNED = ThreadLocal.withInitial(() -> new float[0]);

  /* Kernels stay, so a size that was tried out need not be again. */
  private static final Map<Size, Way> WAYS = new ConcurrentHashMap<>();

  private static final int MOST_KNOWN = 10_000;

  private final int rows;
  private final int left;
  private final int right;
  private final int block;
  private final Way way;

  private record Size(int rows, int left, int right, int block) {}

  /** How a product is computed. */
  private enum Way {
    BLOCKS,
    WHOLE,
    TURNED
  }

  /**
   * Creates the product of a size.
   *
   * @param rows the rows of a and b
   * @param left the columns of a, a multiple of {@code block}
   * @param right the columns of b
   * @param block the columns of a block
   */
  public BlockwiseProduct(int rows, int left, int right, int block) {
    if (block < 1 || left % block != 0) {
      throw new IllegalArgumentException(
          "'left' must be a multiple of 'block'. Received: left=%d, block=%d"
              .formatted(left, block));
    }

    this.rows = rows;
    this.left = left;
    this.right = right;
    this.block = block;
    Size size = new Size(rows, left, right, block);
    Way known = WAYS.get(size);
    this.way = known == null ? way() : known;
    if (known == null && WAYS.size() < MOST_KNOWN) {
      WAYS.put(size, way);
    }
  }

  private Way way() {
    float[] a = random(1, rows * left);
    float[] b = random(2, rows * right);
    float[] c = random(3, left * right);
    float[] blocks = c.clone();
    addBlocks(a, b, blocks);
    float[] whole = c.clone();
    addWhole(a, 0, b, 0, whole);
    if (Arrays.equals(blocks, whole)) {
      return Way.WHOLE;
    }

    if (block > FEW || right < COLUMNS) {
      return Way.BLOCKS;
    }

    addTurned(a, 0, b, 0, c);
    return Arrays.equals(blocks, c) ? Way.TURNED : Way.BLOCKS;
  }

  private static float[] random(int key, int n) {
    RandomStream stream = RandomStream.of(SEED, key);
    float[] values = new float[n];
    for (int i = 0; i < n; i++) {
      values[i] = stream.nextFloat() - 0.5f;
    }

    return values;
  }

  private void addBlocks(float[] a, float[] b, float[] c) {
    float[] part = new float[rows * block];
    for (int from = 0; from < left; from += block) {
      for (int row = 0; row < rows; row++) {
        System.arraycopy(a, row * left + from, part, row * block, block);
      }

      MatMul.addTransposedTimesPart(part, 0, b, 0, c, from * right, rows, block, right);
    }
  }

  /** Tells whether there is no other way than one product for each block, by the caller. */
  public boolean isOfBlocks() {
    return way == Way.BLOCKS;
  }

  /**
   * Computes c += aᵀ b of matrices of which two are parts of longer arrays, on the calling thread,
   * unless it {@link #isOfBlocks}.
   *
   * @param a rows x left, from index {@code aStart} on
   * @param b rows x right, from index {@code bStart} on
   * @param c left x right
   */
  public void add(float[] a, int aStart, float[] b, int bStart, float[] c) {
    switch (way) {
      case WHOLE -> addWhole(a, aStart, b, bStart, c);
      case TURNED -> addTurned(a, aStart, b, bStart, c);
      case BLOCKS -> throw new IllegalStateException("It has other bits at once than in blocks");
    }
  }

  private void addWhole(float[] a, int aStart, float[] b, int bStart, float[] c) {
    MatMul.addTransposedTimesPart(a, aStart, b, bStart, c, 0, rows, left, right);
  }

  /**
   * Computes cᵀ += bᵀ a. It goes through b once, whereas a product with few columns of a takes most
   * of its time to copy b. The columns of b are taken as a multiple of {@link #COLUMNS}, and the
   * last ones, where some are left, together with some of those before.
   */
  private void addTurned(float[] a, int aStart, float[] b, int bStart, float[] c) {
    int size = left * right;
    float[] turned = turned(size + COLUMNS * left);
    turn(c, right, turned, left);
    int rest = right % COLUMNS;
    if (rest > 0) {
      int from = right - COLUMNS;
      System.arraycopy(turned, from * left, turned, size, COLUMNS * left);
      addTurned(a, aStart, b, bStart, from, COLUMNS, turned, size);
    }

    addTurned(a, aStart, b, bStart, 0, right - rest, turned, 0);
    int last = COLUMNS - rest;
    System.arraycopy(turned, size + last * left, turned, (right - rest) * left, rest * left);
    turn(turned, left, c, right);
  }

  private void addTurned(
      float[] a, int aStart, float[] b, int bStart, int from, int n, float[] c, int cStart) {
    BlockProduct.sgemm(
        MatMul.blas(),
        "N",
        "T",
        left,
        n,
        rows,
        1,
        a,
        aStart,
        left,
        b,
        bStart + from,
        right,
        1,
        c,
        cStart,
        left);
  }

  private static float[] turned(int size) {
    float[] known = TURNED.get();
    if (known.length < size) {
      known = new float[size];
      TURNED.set(known);
    }

    return known;
  }

  /** Transposes a matrix. */
  private static void turn(float[] from, int columns, float[] to, int rows) {
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        to[j * rows + i] = from[i * columns + j];
      }
    }
  }
}
