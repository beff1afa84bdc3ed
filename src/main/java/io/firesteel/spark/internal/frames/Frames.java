package io.firesteel.spark.internal.frames;

/** How large messages are cut into parts that travel side by side. */
public final class Frames {

  private static final int BYTES_PER_PART = 256 << 10;
  private static final int MOST_PARTS = 64;

  private Frames() {}

  /** Returns the number of parts for that many bytes. */
  public static int parts(long bytes) {
    return (int) Math.max(1, Math.min(MOST_PARTS, -Math.floorDiv(-bytes, (long) BYTES_PER_PART)));
  }

  /** Returns the name of the endpoint of a fit. */
  public static String endpoint(long fit) {
    return "firesteel-" + Long.toHexString(fit);
  }
}
