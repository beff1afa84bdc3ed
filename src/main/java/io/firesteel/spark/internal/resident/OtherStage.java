package io.firesteel.spark.internal.resident;

/** A stage of somebody else than the fits: how many of its tasks wait for a slot, and have one. */
final class OtherStage {

  private final boolean guessed;
  private int pending;
  private int running;
  private long since = System.nanoTime();

  private OtherStage(boolean guessed, int pending, int running) {
    this.guessed = guessed;
    this.pending = pending;
    this.running = running;
  }

  /** Returns a stage that was submitted just now. */
  static OtherStage submitted(int tasks) {
    return new OtherStage(false, tasks, 0);
  }

  /** Returns a stage as Spark's status tells it, which may be behind: it may have ended. */
  static OtherStage guessed(int pending, int running) {
    return new OtherStage(true, Math.max(0, pending), running);
  }

  /** Notes that tasks were started or ended. */
  void change(int pendingMore, int runningMore) {
    pending = Math.max(0, pending + pendingMore);
    running = Math.max(0, running + runningMore);
    since = System.nanoTime();
  }

  /** Tells whether its end may have been missed. */
  boolean isGuessed() {
    return guessed;
  }

  /** Tells whether tasks wait. */
  boolean waits() {
    return pending > 0;
  }

  /** Tells whether tasks have waited for their first slot for so long. */
  boolean starves(long nanos) {
    return pending > 0 && running == 0 && System.nanoTime() - since >= nanos;
  }

  /** Returns the number of slots that it uses. */
  int running() {
    return running;
  }
}
