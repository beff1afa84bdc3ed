package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.GradientAggregator;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.tensor.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** How the tasks of an executor add up their sums. */
class SumsCombinerTest {

  private static final int SHARDS = 16;

  private static PartialSums part(int shard) {
    float[] values = new float[1000];
    RandomStream random = RandomStream.of(shard);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }

    Totals totals = new Totals(new double[0], 1, 1, 1, 0.1 * shard);
    ShardRange range = new ShardRange(shard, shard + 1);
    return new PartialSums(
        List.of(range), List.of(range), List.of(GradientSums.of(new float[][] {values}, totals)));
  }

  private static GradientSums expected() {
    GradientAggregator all = new GradientAggregator(SHARDS);
    for (int shard = 0; shard < SHARDS; shard++) {
      all.add(part(shard));
    }

    return all.result();
  }

  private static @Nullable PartialSums combine(
      ExecutorState.SumsCombiner combiner, Command.Group group, PartialSums sums) {
    Report.Mate task = new Report.Mate(0, 0, Report.WorkTime.NONE);
    ExecutorState.SumsCombiner.Combined all = combiner.combine(group, SHARDS, sums, task);
    return all == null ? null : all.sums();
  }

  @Test
  void theLastOfAGroupKnowsTheOthers() {
    ExecutorState.SumsCombiner combiner = new ExecutorState.SumsCombiner();
    Report.Mate first = new Report.Mate(4, 14, new Report.WorkTime(1, 2));
    Report.Mate last = new Report.Mate(5, 15, new Report.WorkTime(3, 4));
    for (int round = 1; round < 3; round++) {
      Command.Group group = new Command.Group(round, 2);
      assertNull(combiner.combine(group, SHARDS, part(4), first));
      assertEquals(
          List.of(first),
          Objects.requireNonNull(combiner.combine(group, SHARDS, part(5), last)).others());
    }
  }

  @Test
  void theLastOfAGroupHasTheNodesOfTheTree() {
    ExecutorState.SumsCombiner combiner = new ExecutorState.SumsCombiner();
    Command.Group group = new Command.Group(1, 4);
    for (int shard : new int[] {7, 4, 6}) {
      assertNull(combine(combiner, group, part(shard)));
    }

    PartialSums all = Objects.requireNonNull(combine(combiner, group, part(5)));
    assertEquals(List.of(new ShardRange(4, 8)), all.ranges());
    assertEquals(List.of(new ShardRange(4, 8)), all.nodes());
    PartialSums other = combined(combiner, new Command.Group(2, 3), 0, 1, 5);
    assertEquals(List.of(new ShardRange(0, 2), new ShardRange(5, 6)), other.ranges());
    assertEquals(other.ranges(), other.nodes());
  }

  private static PartialSums combined(
      ExecutorState.SumsCombiner combiner, Command.Group group, int... shards) {
    PartialSums last = null;
    for (int shard : shards) {
      last = combine(combiner, group, part(shard));
    }

    return Objects.requireNonNull(last);
  }

  @Test
  void anEarlierGroupIsDropped() {
    ExecutorState.SumsCombiner combiner = new ExecutorState.SumsCombiner();
    assertNull(combine(combiner, new Command.Group(1, 2), part(0)));
    assertNull(combine(combiner, new Command.Group(2, 2), part(0)));
    assertNull(combine(combiner, new Command.Group(1, 2), part(1)));
    assertEquals(
        1,
        Objects.requireNonNull(combine(combiner, new Command.Group(2, 2), part(1))).nodes().size());
    assertNull(combine(combiner, new Command.Group(2, 2), part(1)));
  }

  @Test
  void everyCutAndOrderGivesTheSameBits() throws Exception {
    GradientSums expected = expected();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int cut = 1; cut < SHARDS; cut++) {
        ExecutorState.SumsCombiner left = new ExecutorState.SumsCombiner();
        ExecutorState.SumsCombiner right = new ExecutorState.SumsCombiner();
        List<Callable<PartialSums>> tasks = new ArrayList<>();
        for (int shard = SHARDS - 1; shard >= 0; shard--) {
          ExecutorState.SumsCombiner combiner = shard < cut ? left : right;
          Command.Group group = new Command.Group(1, shard < cut ? cut : SHARDS - cut);
          PartialSums own = part(shard);
          tasks.add(() -> combine(combiner, group, own));
        }

        GradientAggregator driver = new GradientAggregator(SHARDS);
        for (Future<PartialSums> task : threads.invokeAll(tasks)) {
          if (task.get() != null) {
            driver.add(task.get());
            driver.reduce();
          }
        }

        GradientSums result = driver.result();
        assertArrayEquals(expected.gradients(), result.gradients());
        assertEquals(expected.totals().loss(), result.totals().loss());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** The driver has given up the group; the first task computes anew, in the same arrays. */
  @Test
  void nobodyTouchesTheSumsOfATaskThatHasWithdrawn() throws Exception {
    ExecutorState.SumsCombiner combiner = new ExecutorState.SumsCombiner();
    PartialSums own = part(4);
    assertNull(combine(combiner, new Command.Group(1, 2), own));
    combiner.withdraw(1);
    assertNull(combine(combiner, new Command.Group(1, 2), part(5)));
    assertArrayEquals(
        part(4).sums().get(0).gradients(), own.sums().get(0).gradients(), "sums that are its own");
    PartialSums next = combined(combiner, new Command.Group(2, 2), 4, 5);
    assertEquals(List.of(new ShardRange(4, 6)), next.ranges());
    combiner.withdraw(1);
    combiner.withdraw(2);
  }
}
