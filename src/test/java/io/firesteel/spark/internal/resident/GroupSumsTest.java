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
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.TinyTraining;
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
class GroupSumsTest {

  private static final int SHARDS = 16;
  private static final int GRADIENTS = 2;
  private static final int SIZE = 100_000;

  private static PartialSums part(int shard) {
    float[] values = new float[1000];
    float[] others = new float[SIZE];
    RandomStream random = RandomStream.of(shard);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
      others[i] = random.nextFloat() - 0.5f;
    }

    Totals totals = new Totals(new double[0], 1, 1, 1, 0.1 * shard);
    ShardRange range = new ShardRange(shard, shard + 1);
    return new PartialSums(
        List.of(range),
        List.of(range),
        List.of(GradientSums.of(new float[][] {values, others}, totals)));
  }

  private static GradientSums expected() {
    GradientAggregator all = new GradientAggregator(SHARDS);
    for (int shard = 0; shard < SHARDS; shard++) {
      all.add(part(shard));
    }

    return all.result();
  }

  private static GroupSums.@Nullable Member join(GroupSums.Groups groups, Command.Group group) {
    GroupSums sums =
        groups.of(group, SHARDS, GRADIENTS, all -> new OutgoingAsk(0, 3, new SumsCodec(all)));
    return sums == null ? null : sums.new Member((ask, part) -> {});
  }

  private static GroupSums.@Nullable Complete end(
      GroupSums.@Nullable Member member, PartialSums sums) {
    Report.Mate task = new Report.Mate(0, 0, Report.WorkTime.NONE);
    return member == null ? null : member.end(sums, task);
  }

  private static @Nullable PartialSums combine(
      GroupSums.Groups groups, Command.Group group, PartialSums sums) {
    GroupSums.Complete all = end(join(groups, group), sums);
    return all == null ? null : all.sums();
  }

  @Test
  void theLastOfAGroupKnowsTheOthers() {
    GroupSums.Groups groups = new GroupSums.Groups();
    Report.Mate first = new Report.Mate(4, 14, new Report.WorkTime(1, 2));
    Report.Mate last = new Report.Mate(5, 15, new Report.WorkTime(3, 4));
    for (int round = 1; round < 3; round++) {
      Command.Group group = new Command.Group(round, 2);
      assertNull(Objects.requireNonNull(join(groups, group)).end(part(4), first));
      assertEquals(
          List.of(first),
          Objects.requireNonNull(Objects.requireNonNull(join(groups, group)).end(part(5), last))
              .others());
    }
  }

  @Test
  void theLastOfAGroupHasTheNodesOfTheTree() {
    GroupSums.Groups groups = new GroupSums.Groups();
    Command.Group group = new Command.Group(1, 4);
    for (int shard : new int[] {7, 4, 6}) {
      assertNull(combine(groups, group, part(shard)));
    }

    PartialSums all = Objects.requireNonNull(combine(groups, group, part(5)));
    assertEquals(List.of(new ShardRange(4, 8)), all.ranges());
    assertEquals(List.of(new ShardRange(4, 8)), all.nodes());
    PartialSums other = combined(groups, new Command.Group(2, 3), 0, 1, 5);
    assertEquals(List.of(new ShardRange(0, 2), new ShardRange(5, 6)), other.ranges());
    assertEquals(other.ranges(), other.nodes());
  }

  private static PartialSums combined(GroupSums.Groups groups, Command.Group group, int... shards) {
    PartialSums last = null;
    for (int shard : shards) {
      last = combine(groups, group, part(shard));
    }

    return Objects.requireNonNull(last);
  }

  @Test
  void anEarlierGroupIsDropped() {
    GroupSums.Groups groups = new GroupSums.Groups();
    assertNull(combine(groups, new Command.Group(1, 2), part(0)));
    assertNull(combine(groups, new Command.Group(2, 2), part(0)));
    assertNull(join(groups, new Command.Group(1, 2)));
    assertEquals(
        1,
        Objects.requireNonNull(combine(groups, new Command.Group(2, 2), part(1))).nodes().size());
  }

  /** The second gradient has parts 1 and 2 for itself; part 0 is the ask's last one. */
  @Test
  void partsLeaveWhenAllTasksHaveFinishedTheirGradients() {
    GroupSums.Groups groups = new GroupSums.Groups();
    List<Integer> sent = new ArrayList<>();
    GroupSums sums =
        Objects.requireNonNull(
            groups.of(
                new Command.Group(1, 2),
                SHARDS,
                GRADIENTS,
                all -> new OutgoingAsk(0, 3, new SumsCodec(all))));
    GroupSums.Member one = sums.new Member((ask, part) -> sent.add(part));
    GroupSums.Member other = sums.new Member((ask, part) -> sent.add(part));
    PartialSums left = part(2);
    PartialSums right = part(3);
    one.begin(left);
    one.finished(1);
    other.begin(right);
    assertEquals(List.of(), sent);
    float before = left.sums().get(0).gradients()[1][7];
    other.finished(1);
    assertEquals(List.of(1, 2), sent);
    assertEquals(
        before + right.sums().get(0).gradients()[1][7], left.sums().get(0).gradients()[1][7]);
    one.finished(0);
    other.finished(0);
    assertEquals(List.of(1, 2), sent);
    assertNull(end(one, left));
    assertEquals(
        List.of(new ShardRange(2, 4)), Objects.requireNonNull(end(other, right)).sums().nodes());
  }

  /** Who computes anew, because the driver has given the group up, must be left alone. */
  @Test
  void nobodyAddsToTheArraysOfATaskThatHasWithdrawn() {
    GroupSums.Groups groups = new GroupSums.Groups();
    Command.Group group = new Command.Group(1, 2);
    PartialSums left = part(2);
    PartialSums right = part(3);
    GroupSums.Member one = Objects.requireNonNull(join(groups, group));
    GroupSums.Member other = Objects.requireNonNull(join(groups, group));
    assertNull(end(one, left));
    one.withdraw();
    other.begin(right);
    other.finished(1);
    assertNull(end(other, right));
    assertArrayEquals(part(2).sums().get(0).gradients(), left.sums().get(0).gradients());
    assertArrayEquals(part(3).sums().get(0).gradients(), right.sums().get(0).gradients());
    assertEquals(totals(part(2)), totals(left));
    assertEquals(totals(part(3)), totals(right));
  }

  private static String totals(PartialSums sums) {
    return TinyTraining.describe(sums.sums().get(0).totals());
  }

  @Test
  void everyCutAndOrderGivesTheSameBits() throws Exception {
    GradientSums expected = expected();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int cut = 1; cut < SHARDS; cut++) {
        GroupSums.Groups left = new GroupSums.Groups();
        GroupSums.Groups right = new GroupSums.Groups();
        List<Callable<PartialSums>> tasks = new ArrayList<>();
        for (int shard = SHARDS - 1; shard >= 0; shard--) {
          GroupSums.Groups groups = shard < cut ? left : right;
          Command.Group group = new Command.Group(1, shard < cut ? cut : SHARDS - cut);
          PartialSums own = part(shard);
          tasks.add(
              () -> {
                GroupSums.Member member = Objects.requireNonNull(join(groups, group));
                member.begin(own);
                member.finished(1);
                GroupSums.Complete all = end(member, own);
                return all == null ? null : all.sums();
              });
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
}
