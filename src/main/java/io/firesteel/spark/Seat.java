package io.firesteel.spark;

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
    final @Nullable Greeting greeting;
    @Nullable ReplyTo parked;
    long parkedAt;
    boolean wantsVariables;

    Attempt(@Nullable Greeting greeting) {
      this.greeting = greeting;
    }
  }

  /** Whether the sums of the open round are there. */
  boolean delivered;

  private final Map<Long, Attempt> attempts = new LinkedHashMap<>();

  void add(long id, @Nullable Greeting greeting) {
    attempts.putIfAbsent(id, new Attempt(greeting));
  }

  Attempt attempt(long id) {
    return attempts.computeIfAbsent(id, any -> new Attempt(null));
  }

  boolean has(long id) {
    return attempts.containsKey(id);
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

  /** Takes all that is parked. */
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
