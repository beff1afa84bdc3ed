package io.firesteel.internal.monitoring;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** What led to a failure. */
public final class Causes {

  private Causes() {}

  /** Returns a failure, its cause, the cause of that and so on, each once. */
  public static List<Throwable> of(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Throwable> causes = new ArrayList<>();
    for (Throwable cause = failure; cause != null && seen.add(cause); cause = cause.getCause()) {
      causes.add(cause);
    }

    return causes;
  }

  /** Returns the first cause of a failure, which is itself if it has none. */
  public static Throwable first(Throwable failure) {
    List<Throwable> causes = of(failure);
    return causes.get(causes.size() - 1);
  }
}
