package io.firesteel.tensor;

/**
 * A stream of random numbers that depends on its keys alone, the same on every JVM and CPU.
 *
 * <p>The generator is SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
 * generators", OOPSLA 2014): a counter with the golden-ratio increment, passed through a 64-bit
 * finalizer. The keys, for example (seed, epoch, shard), are folded into its start one by one.
 */
public final class RandomStream {

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private long state;

  private RandomStream(long state) {
    this.state = state;
  }

  /** Returns the stream of a sequence of keys. */
  public static RandomStream of(long... keys) {
    long state = 0;
    for (long key : keys) {
      state = fold(state, key);
    }

    return new RandomStream(state);
  }

  /** Returns the stream of one key. */
  public static RandomStream of(long key) {
    return new RandomStream(fold(0, key));
  }

  /** Returns the stream of two keys. */
  public static RandomStream of(long first, long second) {
    return new RandomStream(fold(fold(0, first), second));
  }

  /** Returns the stream of three keys. */
  public static RandomStream of(long first, long second, long third) {
    return new RandomStream(fold(fold(fold(0, first), second), third));
  }

  /** Returns the stream of four keys. */
  public static RandomStream of(long first, long second, long third, long fourth) {
    return new RandomStream(fold(fold(fold(fold(0, first), second), third), fourth));
  }

  private static long fold(long state, long key) {
    return mix(state + GOLDEN + mix(key + GOLDEN));
  }

  /** Returns a 64-bit hash of one number; every bit depends on every bit. */
  public static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Returns 64 random bits. */
  public long nextLong() {
    state += GOLDEN;
    return mix(state);
  }

  /** Returns a number in [0, bound), each equally likely. */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive. Received: " + bound);
    }

    long threshold = Long.remainderUnsigned(-(long) bound, bound);
    long bits = nextLong();
    while (Long.compareUnsigned(bits, threshold) < 0) {
      bits = nextLong();
    }

    return (int) Long.remainderUnsigned(bits, bound);
  }

  /** Returns a float in [0, 1) with 24 random bits. */
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1.0p-24f;
  }

  /** Returns a double in [0, 1) with 53 random bits. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Returns a standard normal number (Box and Muller 1958, the cosine branch). */
  public double nextGaussian() {
    double radius = StrictMath.sqrt(-2.0 * StrictMath.log(1.0 - nextDouble()));
    return radius * StrictMath.cos(2.0 * Math.PI * nextDouble());
  }

  /** Returns a permutation of 0 to n-1 (Fisher and Yates, in Durstenfeld's form). */
  public int[] permutation(int n) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }

    for (int i = n - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }

    return order;
  }
}
