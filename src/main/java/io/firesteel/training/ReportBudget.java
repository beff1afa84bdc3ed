package io.firesteel.training;

/**
 * How often something may be reported: a number of times at once, then twice a second, and ever
 * more seldom, down to once in ten seconds, the longer it lasts.
 */
final class ReportBudget {

  private static final long SHORTEST = 500_000_000L;
  private static final long LONGEST = 10_000_000_000L;
  private static final long SHARE = 600;

  private final long start;
  private long last;
  private int burst;

  ReportBudget(int burst, long now) {
    this.burst = burst;
    this.start = now;
    this.last = now;
  }

  /** Tells whether something may be reported now, in which case it counts as reported. */
  boolean take(long now) {
    if (burst > 0) {
      burst--;
    } else if (now - last < Math.max(SHORTEST, Math.min(LONGEST, (now - start) / SHARE))) {
      return false;
    }

    last = now;
    return true;
  }
}
