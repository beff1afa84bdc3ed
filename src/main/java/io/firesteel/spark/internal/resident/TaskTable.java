package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.WorkerInfo;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a resident job, each with all its attempts that are alive: one as a rule, more with
 * speculation. Each attempt gets the same work, and the first one's sums count.
 */
final class TaskTable {

  private final Entry[] entries;

  /** Makes entries without attempts for that many tasks. */
  TaskTable(int tasks) {
    entries = new Entry[tasks];
    for (int i = 0; i < tasks; i++) {
      entries[i] = new Entry();
    }
  }

  /** One task. */
  static final class Entry {

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

    /** Returns where its attempts run. */
    private String places() {
      List<String> places = new ArrayList<>();
      attempts.values().forEach(attempt -> places.add(attempt.place()));
      return places.isEmpty() ? "no executor" : String.join(" and ", places);
    }
  }

  /** One attempt of a task. */
  static final class Attempt {
    @Nullable WorkerInfo info;
    @Nullable ReplyTo parked;
    long parkedAt;
    boolean wantsVariables;

    private String place() {
      return info == null
          ? "an unknown executor"
          : "executor %s on %s".formatted(info.executor(), info.host());
    }
  }

  int count() {
    return entries.length;
  }

  Entry of(int task) {
    return entries[task];
  }

  /** Notes that no sums of the round are there yet. */
  void beginRound() {
    for (Entry entry : entries) {
      entry.delivered = false;
    }
  }

  /** Takes everybody who is parked. */
  List<ReplyTo> takeParked() {
    List<ReplyTo> taken = new ArrayList<>();
    for (Entry entry : entries) {
      for (Attempt attempt : entry.attempts.values()) {
        if (attempt.parked != null) {
          taken.add(attempt.parked);
          attempt.parked = null;
        }
      }
    }

    return taken;
  }

  /** Takes those who are parked and whose sums of the round are missing. */
  void takeUnserved(BiConsumer<Attempt, ReplyTo> taker) {
    for (Entry entry : entries) {
      if (!entry.delivered) {
        for (Attempt attempt : entry.attempts.values()) {
          ReplyTo parked = attempt.parked;
          if (parked != null) {
            taker.accept(attempt, parked);
            attempt.parked = null;
          }
        }
      }
    }
  }

  /** Takes those of other processes who have been parked for that long. */
  List<ReplyTo> takeRemoteParked(long nanos) {
    List<ReplyTo> taken = new ArrayList<>();
    long now = System.nanoTime();
    for (Entry entry : entries) {
      for (Attempt attempt : entry.attempts.values()) {
        ReplyTo parked = attempt.parked;
        if (parked != null && !parked.isLocal() && now - attempt.parkedAt >= nanos) {
          taken.add(parked);
          attempt.parked = null;
        }
      }
    }

    return taken;
  }

  /** Returns how many tasks have at least one attempt. */
  int taken() {
    int count = 0;
    for (Entry entry : entries) {
      count += entry.attempts.isEmpty() ? 0 : 1;
    }

    return count;
  }

  /** Returns the tasks whose sums are missing, with the places where they run. */
  String missing() {
    List<String> missing = new ArrayList<>();
    for (int task = 0; task < entries.length; task++) {
      if (!entries[task].delivered) {
        missing.add("task %d of %d (%s)".formatted(task, entries.length, entries[task].places()));
      }
    }

    return String.join(", ", missing);
  }
}
