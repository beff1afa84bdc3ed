package io.firesteel.spark.internal.resident;

import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The sums of the tasks of one executor that are a group in a round, while they are computed. A
 * gradient that all tasks have finished is added up by the last one to do so, and what is sent of
 * it leaves. The last task to end has the sums of all, and tells the driver.
 *
 * <p>The sums are in the tasks' own arrays. So a task that goes on to other work before the group
 * is complete, because the driver has given it up, withdraws first.
 */
final class GroupSums {

  private final int tasks;
  private final GradientAggregator aggregator;
  private final int[] missing;
  private final Function<PartialSums, OutgoingAsk> sending;
  private final Consumer<GradientAggregator> giveBack;
  private final List<Report.Mate> ended = new ArrayList<>();
  private int entered;
  private int adding;
  private boolean withdrawn;
  private @Nullable Complete all;

  /**
   * Creates the sums of a group.
   *
   * @param tasks the number of tasks
   * @param aggregator one that nobody else uses
   * @param gradients the number of gradients
   * @param sending makes what sends the sums of all, once it is known where they will be
   * @param giveBack takes the aggregator when the group is complete
   */
  GroupSums(
      int tasks,
      GradientAggregator aggregator,
      int gradients,
      Function<PartialSums, OutgoingAsk> sending,
      Consumer<GradientAggregator> giveBack) {
    this.tasks = tasks;
    this.aggregator = aggregator;
    this.missing = new int[gradients];
    this.sending = sending;
    this.giveBack = giveBack;
    Arrays.fill(missing, tasks);
  }

  /**
   * The sums of all tasks of a group.
   *
   * @param sums the sums
   * @param ask what sends them
   * @param others the tasks that ended before the last one
   */
  record Complete(PartialSums sums, OutgoingAsk ask, List<Report.Mate> others) {
    /** Returns the sums with another ask, as the sizes of some are known now only. */
    private Complete with(Function<PartialSums, OutgoingAsk> sending) {
      return new Complete(sums, sending.apply(sums), others);
    }
  }

  /** What one task does. */
  final class Member {
    private final OutgoingAsk.Sender sender;
    private final boolean[] isFinished = new boolean[missing.length];
    private @Nullable PartialSums own;
    private boolean isEntered;

    /** Creates a member whose gradients leave by that way. */
    Member(OutgoingAsk.Sender sender) {
      this.sender = sender;
    }

    /** Notes where the sums of the task will be, whose totals are there. */
    void begin(PartialSums sums) {
      own = sums;
    }

    /** Notes that the task has finished a gradient. */
    void finished(int gradient) {
      enter();
      isFinished[gradient] = true;
      OutgoingAsk ask = finish(gradient);
      if (ask == null) {
        return;
      }

      try {
        aggregator.addGradient(gradient);
        ask.computed(gradient, sender);
      } finally {
        added();
      }
    }

    /**
     * Notes that the task is done.
     *
     * @return the sums of all tasks if this is the last one, else null
     */
    @Nullable Complete end(PartialSums sums, Report.Mate task) {
      own = sums;
      enter();
      for (int gradient = 0; gradient < isFinished.length; gradient++) {
        if (!isFinished[gradient]) {
          finished(gradient);
        }
      }

      Complete complete = ended(task);
      if (complete != null) {
        try {
          aggregator.addRowsAndStatistics();
        } finally {
          added();
        }

        giveBack.accept(aggregator);
        return complete.ask().isFixed() ? complete : complete.with(sending);
      }

      return null;
    }

    private void enter() {
      PartialSums sums = own;
      if (!isEntered && sums != null) {
        isEntered = true;
        GroupSums.this.enter(sums);
      }
    }

    /** Takes the task's arrays out of the group, which will not be complete if it is not yet. */
    void withdraw() {
      GroupSums.this.withdraw();
    }
  }

  private synchronized void enter(PartialSums sums) {
    aggregator.add(sums);
    entered++;
    if (entered == tasks && !withdrawn) {
      PartialSums planned = aggregator.planned();
      aggregator.addTotals();
      all = new Complete(planned, sending.apply(planned), List.of());
    }
  }

  /** Returns what sends the sums if all tasks have now finished a gradient, else null. */
  private synchronized @Nullable OutgoingAsk finish(int gradient) {
    missing[gradient]--;
    if (missing[gradient] > 0 || withdrawn || all == null) {
      return null;
    }

    adding++;
    return all.ask();
  }

  private synchronized @Nullable Complete ended(Report.Mate task) {
    List<Report.Mate> others = List.copyOf(ended);
    ended.add(task);
    if (ended.size() < tasks || withdrawn || all == null) {
      return null;
    }

    adding++;
    return new Complete(all.sums(), all.ask(), others);
  }

  private synchronized void added() {
    adding--;
    notifyAll();
  }

  private synchronized void withdraw() {
    withdrawn = true;
    boolean interrupted = false;
    while (adding > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }

    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * The groups of the tasks of a job in one executor. They have ascending numbers; who brings sums
   * of an earlier one than the last brings nothing that anybody waits for.
   */
  static final class Groups {
    private final Map<Integer, Deque<GradientAggregator>> idle = new HashMap<>();
    private int last;
    private @Nullable GroupSums current;

    /**
     * Returns the sums of a group, null if a later one is known.
     *
     * @param shards the number of shards of the data set
     * @param gradients the number of gradients, 0 in an evaluation
     */
    synchronized @Nullable GroupSums of(
        Command.Group group,
        int shards,
        int gradients,
        Function<PartialSums, OutgoingAsk> sending) {
      if (!group.isShared()) {
        return create(1, shards, gradients, sending);
      }

      if (group.id() > last) {
        last = group.id();
        current = create(group.size(), shards, gradients, sending);
      }

      return group.id() == last ? current : null;
    }

    private GroupSums create(
        int tasks, int shards, int gradients, Function<PartialSums, OutgoingAsk> sending) {
      Deque<GradientAggregator> known = idle.computeIfAbsent(shards, any -> new ArrayDeque<>());
      GradientAggregator free = known.poll();
      GradientAggregator aggregator = free == null ? new GradientAggregator(shards) : free;
      return new GroupSums(tasks, aggregator, gradients, sending, done -> giveBack(known, done));
    }

    private synchronized void giveBack(
        Deque<GradientAggregator> known, GradientAggregator aggregator) {
      aggregator.reset();
      known.push(aggregator);
    }
  }
}
