package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.WorkerInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntPredicate;
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
    private final Set<Long> ended = new HashSet<>();

    /** Returns an attempt, a new one if it was not known. */
    Attempt attempt(long id) {
      return attempts.computeIfAbsent(id, Attempt::new);
    }

    /** Returns the attempt if there is one alone, else null. */
    @Nullable Attempt onlyAttempt() {
      return attempts.size() == 1 ? attempts.values().iterator().next() : null;
    }

    void remove(long id) {
      attempts.remove(id);
    }

    /** Removes an attempt for good, and returns where it waits for an answer, or null. */
    @Nullable ReplyTo end(long id) {
      ended.add(id);
      Attempt attempt = attempts.remove(id);
      return attempt == null ? null : attempt.parked;
    }

    /** Tells whether an attempt has ended, as far as Spark knows. */
    boolean isEnded(long id) {
      return ended.contains(id);
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
    final long id;

    /** Whether it has asked from another process than the driver's. */
    boolean isRemote;

    /** Whether its answer may bring variables. */
    boolean takesVariables = true;

    /** The group of the open round that has its sums, 0 for none. */
    int contributedTo;

    @Nullable WorkerInfo info;
    @Nullable ReplyTo parked;
    long parkedAt;

    /** Who gets its answer as well, and passes it on; null where it has an own one. */
    @Nullable Attempt lead;

    private List<Report.Mate> mates = List.of();
    boolean wantsVariables;

    private Attempt(long id) {
      this.id = id;
    }

    private String place() {
      return info == null
          ? "an unknown executor"
          : "executor %s on %s".formatted(info.executor(), info.host());
    }
  }

  /** Takes an attempt that is parked. */
  interface Taker {
    void take(int task, Attempt attempt, ReplyTo parked);
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
      entry.attempts.values().forEach(attempt -> attempt.contributedTo = 0);
    }
  }

  /** Takes all attempts that are parked. */
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

  /** Takes those who are parked, whose sums of the round are missing and in no group's hands. */
  void takeUnserved(IntPredicate isGroup, Taker taker) {
    for (int task = 0; task < entries.length; task++) {
      if (!entries[task].delivered) {
        for (Attempt attempt : entries[task].attempts.values()) {
          ReplyTo parked = attempt.parked;
          if (parked != null && !isGroup.test(attempt.contributedTo)) {
            taker.take(task, attempt, parked);
            attempt.parked = null;
          }
        }
      }
    }
  }

  /** Notes that tasks wait for the answer to another one, which brought their sums. */
  void follow(Attempt lead, List<Report.Mate> mates) {
    lead.mates = mates;
    for (Report.Mate mate : mates) {
      Attempt attempt = known(mate);
      if (attempt != null && attempt.parked == null) {
        attempt.lead = lead;
      }
    }
  }

  /**
   * Takes those who wait for the answer to another one.
   *
   * @return whether that answer is to be passed on to all of them: they have the same work to do,
   *     and none is unknown, who may wait nevertheless
   */
  boolean takeFollowers(Attempt lead, Command.Group group, Groups groups) {
    boolean isForAll = true;
    for (Report.Mate mate : lead.mates) {
      Attempt attempt = known(mate);
      if (attempt == null) {
        isForAll = false;
      } else if (attempt.lead == lead) {
        attempt.lead = null;
        isForAll &=
            !entries[mate.task()].delivered && groups.of(mate.task(), mate.attempt()).equals(group);
      }
    }

    boolean isForMates = isForAll && !lead.mates.isEmpty();
    lead.mates = List.of();
    return isForMates;
  }

  /** Tells whether a task has reported itself that its group has its sums. */
  boolean hasContributed(Report.Mate mate, int group) {
    Attempt attempt = known(mate);
    return attempt != null && attempt.contributedTo == group;
  }

  private @Nullable Attempt known(Report.Mate mate) {
    return mate.task() < 0 || mate.task() >= entries.length
        ? null
        : entries[mate.task()].attempts.get(mate.attempt());
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

  /**
   * Which tasks of an executor add their sums among themselves in the open round. Groups are made
   * when a round begins, of tasks that have one attempt each, which has asked for work before; who
   * comes later is alone. A group that loses a task, or one of whose tasks is done by somebody
   * else, is given up: what it brings is dropped, and its tasks work alone.
   */
  static final class Groups {

    private final Map<Integer, Members> groups = new HashMap<>();
    private int last;

    /** The tasks of a group. */
    record Members(Command.Group group, Map<Integer, Long> attempts) {}

    /** Makes the groups of a round. */
    void begin(TaskTable tasks) {
      groups.clear();
      Map<String, Map<Integer, Long>> byExecutor = new LinkedHashMap<>();
      for (int task = 0; task < tasks.count(); task++) {
        TaskTable.Attempt only = tasks.of(task).onlyAttempt();
        WorkerInfo info = only == null ? null : only.info;
        if (only != null && info != null && only.isRemote) {
          byExecutor
              .computeIfAbsent(info.executor(), any -> new LinkedHashMap<>())
              .put(task, only.id);
        }
      }

      byExecutor.values().forEach(this::make);
    }

    private void make(Map<Integer, Long> attempts) {
      if (attempts.size() > 1) {
        Command.Group group = new Command.Group(++last, attempts.size());
        groups.put(last, new Members(group, attempts));
      }
    }

    /** Returns the group of an attempt of a task. */
    Command.Group of(int task, long attempt) {
      for (Members members : groups.values()) {
        Long member = members.attempts().get(task);
        if (member != null && member == attempt) {
          return members.group();
        }
      }

      return Command.Group.ALONE;
    }

    /** Returns the tasks of a group, or null if it was given up. */
    @Nullable Collection<Integer> tasks(int group) {
      Members members = groups.get(group);
      return members == null ? null : members.attempts().keySet();
    }

    /** Gives up the group of a task and tells whether it had one. */
    boolean giveUp(int task) {
      return groups.values().removeIf(members -> members.attempts().containsKey(task));
    }

    /** Gives up the group of an attempt and tells whether it had one. */
    boolean giveUp(int task, long attempt) {
      return of(task, attempt).isShared() && giveUp(task);
    }

    /** Returns all groups, for tests. */
    List<Command.Group> all() {
      List<Command.Group> all = new ArrayList<>();
      groups.values().forEach(members -> all.add(members.group()));
      return all;
    }
  }
}
