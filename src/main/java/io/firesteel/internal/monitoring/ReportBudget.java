package io.firesteel.internal.monitoring;

/**
 * How often something may be reported. What is early is reported whatever its pace, up to a number
 * of times and with growing gaps, because most happens then; the rest at most twice a second, and
 * ever more seldom, down to once in ten seconds, the longer it lasts.
 */
final class ReportBudget {

  private static final long SHORTEST = 500_000_000L;
  private static final long LONGEST = 10_000_000_000L;
  private static final long SHARE = 600;

  private final double growth;
  private final long start;
  private long last;
  private int early;
  private long next = 1;

  /**
   * Creates a budget.
   *
   * @param early how many reports there may be whatever their pace
   * @param growth by how much the count must grow from one of them to the next
   */
  ReportBudget(int early, double growth, long now) {
    this.early = early;
    this.growth = growth;
    this.start = now;
    this.last = now;
  }

  /** Tells whether the count-th thing may be reported now, in which case it counts as reported. */
  boolean take(long count, long now) {
    if (early > 0 && count >= next) {
      early--;
      next = Math.max(count + 1, (long) Math.ceil(count * growth));
    } else if (now - last < Math.max(SHORTEST, Math.min(LONGEST, (now - start) / SHARE))) {
      return false;
    }

    last = now;
    return true;
  }
}
