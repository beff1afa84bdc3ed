package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Greeting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One task of a resident job, with all its attempts that are alive: one as a rule, more with
 * speculation. Each gets the same work, and the first one's sums count.
 */
final class Seat {

  /** One attempt. */
  static final class Attempt {
    @Nullable Greeting greeting;
    @Nullable ReplyTo parked;
    long parkedAt;
    boolean wantsVariables;
  }

  /** Whether the sums of the open round are there. */
  boolean delivered;

  private final Map<Long, Attempt> attempts = new LinkedHashMap<>();

  /** Returns an attempt, a new one if it was not known. */
  Attempt attempt(long id) {
    return attempts.computeIfAbsent(id, any -> new Attempt());
  }

  void remove(long id) {
    attempts.remove(id);
  }

  boolean isEmpty() {
    return attempts.isEmpty();
  }

  Iterable<Attempt> attempts() {
    return attempts.values();
  }

  /** Takes everybody who is parked. */
  List<ReplyTo> takeParked() {
    List<ReplyTo> taken = new ArrayList<>();
    for (Attempt attempt : attempts.values()) {
      if (attempt.parked != null) {
        taken.add(attempt.parked);
        attempt.parked = null;
      }
    }

    return taken;
  }

  /** Returns where its attempts run. */
  String places() {
    List<String> places = new ArrayList<>();
    for (Attempt attempt : attempts.values()) {
      Greeting greeting = attempt.greeting;
      places.add(
          greeting == null
              ? "an unknown executor"
              : "executor %s on %s".formatted(greeting.executor(), greeting.host()));
    }

    return places.isEmpty() ? "no executor" : String.join(" and ", places);
  }
}
