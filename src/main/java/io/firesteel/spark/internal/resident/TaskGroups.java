package io.firesteel.spark.internal.resident;

import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.WorkerInfo;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks of an executor add their sums among themselves in the open round. Groups are made
 * when a round begins, of tasks that have one attempt each; who comes later is alone. A group that
 * loses a task, or one of whose tasks is done by somebody else, is given up: what it brings is
 * dropped, and its tasks work alone.
 */
final class TaskGroups {

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
      if (only != null && info != null && !only.isLocal) {
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
