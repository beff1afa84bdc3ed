package io.firesteel.spark.internal.execution;

import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the executors of a fit compute with; they should all compute with the same. */
public final class Environments {

  private static final Logger LOG = LoggerFactory.getLogger(Environments.class);

  private final boolean strict;
  private final Set<String> seen = new TreeSet<>();

  public Environments(boolean strict) {
    this.strict = strict;
  }

  /**
   * Notes one.
   *
   * @throws IllegalStateException if it is another than before, and that is refused
   */
  public synchronized void note(String environment) {
    if (!seen.add(environment) || seen.size() < 2) {
      return;
    }

    if (strict) {
      throw new IllegalStateException(
          "spark.firesteel.strictEnvironments allows one kind of executor only. Received: " + seen);
    }

    if (seen.size() == 2) {
      LOG.warn(
          "The executors compute with different libraries or CPUs, so weights may differ in the"
              + " last bits from run to run: {}",
          seen);
    }
  }

  public synchronized Set<String> seen() {
    return Set.copyOf(seen);
  }
}
