package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.Step;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the driver answers to whom, without Spark. */
@Timeout(30)
class TaskExchangeTest {

  private static final long FIT = 77;
  private static final VariableValues VARIABLES = VariableValues.wrap(new float[][] {{1, 2}, {3}});

  private final TaskExchange exchange = new TaskExchange(FIT);
  private int incarnation;

  /** Remembers what it was answered. */
  private static final class Asker implements ReplyTo {
    private final List<Command> answers = new ArrayList<>();
    private final boolean isLocal;

    private Asker() {
      this(false);
    }

    private Asker(boolean isLocal) {
      this.isLocal = isLocal;
    }

    @Override
    public int parts() {
      return 1;
    }

    @Override
    public void answer(Command order, int part) {
      answers.add(order);
    }

    @Override
    public boolean isLocal() {
      return isLocal;
    }

    private Command last() {
      return answers.get(answers.size() - 1);
    }
  }

  @BeforeEach
  void admitTwoTasks() {
    incarnation = exchange.admit(2);
  }

  private TaskId id(int task, long attempt) {
    return new TaskId(FIT, incarnation, task, new ShardRange(task, task + 1), attempt, 0);
  }

  private void hello(TaskId id, String executor) {
    String text = new WorkerInfo(executor, "host", "JDK").text();
    exchange.report(Report.of(id, Report.Kind.HELLO, text), null);
  }

  private Asker ready(TaskId id) {
    Asker asker = new Asker();
    exchange.report(Report.ready(id), asker);
    return asker;
  }

  private Asker sums(TaskId id, long round, Supplier<PartialSums> sums) {
    Asker asker = new Asker();
    exchange.report(
        new Report(
            id, Report.Kind.SUMS, round, Command.Group.ALONE, sums, "", Report.WorkTime.NONE),
        asker);
    return asker;
  }

  private static PartialSums part(int lo) {
    return new PartialSums(List.of(new ShardRange(lo, lo + 1)), List.of(), List.of());
  }

  private static Command order(long round) {
    return Command.work(round, DataSet.TRAINING, new Step(round, 0, 0, 1.0f), VARIABLES);
  }

  private TaskEvent nextOf(Class<?> type) throws InterruptedException {
    TaskEvent event = exchange.next();
    while (!type.isInstance(event)) {
      event = exchange.next();
    }

    return event;
  }

  @Test
  void whoWaitsIsServedWhenTheRoundBegins() {
    Asker early = ready(id(0, 10));

    assertEquals(List.of(), early.answers);
    exchange.begin(order(1));
    assertEquals(1, early.last().round());
    Asker late = ready(id(1, 11));
    exchange.serve();
    assertEquals(1, late.last().round());
    exchange.serve();
    assertEquals(1, early.answers.size(), "answers to one ask");
  }

  /** Tasks in the driver's process bring their own sums, also when a round begins as they start. */
  @Test
  void localTasksThatHaveNotAskedYetAreNoGroup() {
    hello(id(0, 10), "driver");
    hello(id(1, 11), "driver");
    exchange.begin(order(1));
    for (int task = 0; task < 2; task++) {
      Asker asker = new Asker(true);
      exchange.report(Report.ready(id(task, 10 + task)), asker);
      exchange.serve();
      assertEquals(Command.Group.ALONE, asker.last().group());
    }
  }

  @Test
  void variablesComeOnceAnExecutor() {
    hello(id(0, 10), "1");
    hello(id(1, 11), "1");
    Asker first = ready(id(0, 10));
    Asker second = ready(id(1, 11));
    exchange.begin(order(1));

    assertSame(VARIABLES, first.last().variables());
    assertNull(second.last().variables());
    Asker again = new Asker();
    exchange.report(Report.of(id(1, 11), Report.Kind.UNSERVED, ""), again);
    exchange.serve();
    assertSame(VARIABLES, again.last().variables());
  }

  @Test
  void executorsOfTheirOwnGetTheirVariables() {
    hello(id(0, 10), "1");
    hello(id(1, 11), "2");
    Asker first = ready(id(0, 10));
    Asker second = ready(id(1, 11));
    exchange.begin(order(1));

    assertNotNull(first.last().variables());
    assertNotNull(second.last().variables());
  }

  @Test
  void sumsCountOnceWhoeverBringsThemFirst() throws Exception {
    ready(id(0, 10));
    ready(id(0, 12));
    exchange.begin(order(1));
    Asker copy = sums(id(0, 12), 1, () -> part(0));
    Asker original = sums(id(0, 10), 1, () -> part(5));
    exchange.note(new TaskEvent.Stuck(1));

    TaskEvent.Sums came = (TaskEvent.Sums) nextOf(TaskEvent.Sums.class);
    assertEquals(part(0), came.sums().get());
    assertInstanceOf(TaskEvent.Stuck.class, exchange.next(), "more sums came");
    exchange.end();
    exchange.begin(order(2));
    assertEquals(2, copy.last().round());
    assertEquals(2, original.last().round());
  }

  private Asker contribute(TaskId id, Command work) {
    Asker asker = new Asker();
    Report own = Report.sums(id, work, part(id.task()), Report.WorkTime.NONE);
    exchange.report(own.contributed(), asker);
    return asker;
  }

  private Asker deliver(TaskId id, Command work, PartialSums all) {
    Asker asker = new Asker();
    exchange.report(Report.sums(id, work, all, Report.WorkTime.NONE), asker);
    return asker;
  }

  private static PartialSums both() {
    return new PartialSums(List.of(new ShardRange(0, 2)), List.of(), List.of());
  }

  private Command beginOfTwo(long round) {
    hello(id(0, 10), "1");
    hello(id(1, 11), "1");
    Asker first = ready(id(0, 10));
    ready(id(1, 11));
    exchange.begin(order(round));
    return first.last();
  }

  @Test
  void theTasksOfAnExecutorBringTheirSumsTogether() throws Exception {
    Command work = beginOfTwo(1);
    assertEquals(2, work.group().size());
    Asker early = contribute(id(0, 10), work);
    exchange.serve();
    assertEquals(List.of(), early.answers, "who has contributed waits");

    Asker last = deliver(id(1, 11), work, both());
    TaskEvent.Sums came = (TaskEvent.Sums) nextOf(TaskEvent.Sums.class);
    assertEquals(2, came.tasks());
    assertEquals(both(), came.sums().get());
    exchange.end();
    exchange.begin(order(2));
    assertSame(VARIABLES, last.last().variables(), "who brought the sums has room for variables");
    assertNull(early.last().variables());
    assertEquals(last.last().group(), early.last().group());
    assertNotEquals(work.group(), early.last().group());
  }

  @Test
  void aGroupThatLosesATaskIsGivenUpAndWhatItBringsIsDropped() throws Exception {
    Command work = beginOfTwo(1);
    Asker early = contribute(id(0, 10), work);
    exchange.ended(incarnation, 1, 11);
    nextOf(TaskEvent.Waiting.class);
    exchange.serve();
    assertEquals(Command.Group.ALONE, early.last().group());
    assertEquals(1, early.last().round());

    Asker stale = deliver(id(1, 11), work, both());
    exchange.note(new TaskEvent.Stuck(1));
    nextOf(TaskEvent.Stuck.class);
    exchange.serve();
    assertEquals(Command.Kind.LEAVE, stale.last().kind());
    deliver(id(0, 10), early.last(), part(0));
    assertEquals(part(0), ((TaskEvent.Sums) nextOf(TaskEvent.Sums.class)).sums().get());
    Asker next = ready(id(1, 13));
    exchange.serve();
    assertEquals(Command.Group.ALONE, next.last().group());
    deliver(id(1, 13), next.last(), part(1));
    assertEquals(part(1), ((TaskEvent.Sums) nextOf(TaskEvent.Sums.class)).sums().get());
  }

  @Test
  void aCopyElsewhereThatIsFirstHasTheOthersWorkAlone() throws Exception {
    Command work = beginOfTwo(1);
    Asker early = contribute(id(0, 10), work);
    hello(id(1, 12), "2");
    Asker copy = ready(id(1, 12));
    exchange.serve();
    assertEquals(Command.Group.ALONE, copy.last().group());
    deliver(id(1, 12), copy.last(), part(1));
    assertEquals(1, ((TaskEvent.Sums) nextOf(TaskEvent.Sums.class)).tasks());

    exchange.serve();
    assertEquals(Command.Group.ALONE, early.last().group());
    deliver(id(1, 11), work, both());
    deliver(id(0, 10), early.last(), part(0));
    assertEquals(part(0), ((TaskEvent.Sums) nextOf(TaskEvent.Sums.class)).sums().get());
  }

  @Test
  void whoHasContributedStaysSoWhenItAsksAgain() {
    Command work = beginOfTwo(1);
    Asker early = contribute(id(0, 10), work);
    exchange.answerNotYet(0);
    assertSame(Command.NOT_YET, early.last());
    Asker again = ready(id(0, 10));
    exchange.serve();
    assertEquals(List.of(), again.answers);
  }

  @Test
  void tasksWithCopiesOrOfOtherExecutorsAreAlone() {
    hello(id(0, 10), "1");
    hello(id(0, 12), "1");
    hello(id(1, 11), "1");
    Asker first = ready(id(0, 10));
    Asker second = ready(id(1, 11));
    exchange.begin(order(1));
    assertEquals(Command.Group.ALONE, first.last().group());
    assertEquals(Command.Group.ALONE, second.last().group());
  }

  @Test
  void sumsOfAnEarlierRoundAreDroppedAndTheirTaskGetsTheOpenOne() throws Exception {
    ready(id(0, 10));
    exchange.begin(order(1));
    exchange.end();
    exchange.begin(order(2));
    Asker late = sums(id(0, 10), 1, () -> part(0));

    assertInstanceOf(TaskEvent.Waiting.class, exchange.next());
    exchange.serve();
    assertEquals(2, late.last().round());
  }

  @Test
  void whoIsOfAnotherJobIsToldToLeave() {
    TaskId before = id(0, 10);
    exchange.dismiss();
    incarnation = exchange.admit(1);

    assertSame(Command.LEAVE, ready(before).last());
    assertSame(
        Command.LEAVE,
        ready(new TaskId(FIT + 1, incarnation, 0, new ShardRange(0, 1), 10, 0)).last());
    assertSame(Command.LEAVE, ready(id(1, 10)).last(), "a task that the job does not have");
    assertEquals(List.of(), ready(id(0, 10)).answers);
  }

  @Test
  void whoIsParkedIsToldToLeaveAtTheEnd() {
    Asker parked = ready(id(0, 10));
    exchange.dismiss(incarnation + 1);
    assertEquals(List.of(), parked.answers);
    exchange.dismiss(incarnation);

    assertSame(Command.LEAVE, parked.last());
  }

  @Test
  void whoWaitsForLongIsToldToAskAgain() {
    Asker waiting = ready(id(0, 10));
    exchange.answerNotYet(Long.MAX_VALUE);
    assertEquals(List.of(), waiting.answers);
    exchange.answerNotYet(0);

    assertSame(Command.NOT_YET, waiting.last());
    assertEquals(1, exchange.notYets());
    Asker again = ready(id(0, 10));
    exchange.begin(order(1));
    assertEquals(1, again.last().round());
    assertEquals(1, waiting.answers.size());
  }

  @Test
  void aJobOfWhichATaskIsMissingIsPutTogetherAnewWithThoseThatCame() throws Exception {
    exchange.reassemble(0);
    exchange.started(incarnation, 1, 11);
    exchange.reassemble(Long.MAX_VALUE);
    exchange.reassemble(-1);

    assertEquals(new TaskEvent.Broken(incarnation, "1 of 2 tasks are there", 1), exchange.next());
    exchange.ended(incarnation, 1, 11);
    assertEquals(0, exchange.taken());
  }

  @Test
  void aSecondAttemptOfTheStageBreaksTheJob() throws Exception {
    ready(new TaskId(FIT, incarnation, 0, new ShardRange(0, 1), 10, 1));

    assertInstanceOf(TaskEvent.Broken.class, exchange.next());
  }

  @Test
  void theFirstFailureIsKeptWithItsExecutor() {
    hello(id(0, 10), "4");
    exchange.report(Report.of(id(0, 10), Report.Kind.FAILED, "first"), null);
    exchange.report(Report.of(id(1, 11), Report.Kind.FAILED, "second"), null);

    assertEquals("first on executor 4 (host)", exchange.firstFailure());
    exchange.begin(order(1));
    assertEquals("task 0 of 2 (no executor), task 1 of 2 (no executor)", exchange.missing());
    exchange.end();
    assertNull(exchange.firstFailure());
  }

  private Asker sumsOfBoth(long round, Command.Group group) {
    Asker asker = new Asker();
    exchange.report(
        new Report(
            id(1, 11),
            Report.Kind.SUMS,
            round,
            group,
            () -> part(0),
            "",
            Report.WorkTime.NONE,
            List.of(new Report.Mate(0, 10, Report.WorkTime.NONE))),
        asker);
    return asker;
  }

  private Command.Group groupOfTheFirstRound() {
    hello(id(0, 10), "1");
    hello(id(1, 11), "1");
    Asker first = ready(id(0, 10));
    Asker second = ready(id(1, 11));
    exchange.begin(order(1));
    assertEquals(first.last().group(), second.last().group());
    assertFalse(first.last().isForMates() || second.last().isForMates());
    return second.last().group();
  }

  @Test
  void whoBringsTheSumsOfAGroupGetsTheWorkOfAll() throws Exception {
    Command.Group group = groupOfTheFirstRound();
    Asker lead = sumsOfBoth(1, group);
    TaskEvent.Sums sums = (TaskEvent.Sums) nextOf(TaskEvent.Sums.class);
    assertEquals(2, sums.tasks());
    assertEquals(List.of(new Report.Mate(0, 10, Report.WorkTime.NONE)), sums.others());
    exchange.end();

    exchange.begin(order(2));
    assertTrue(lead.last().isForMates());
    assertSame(VARIABLES, lead.last().variables());
    Asker again = sumsOfBoth(2, lead.last().group());
    exchange.end();
    exchange.dismiss();
    assertEquals(List.of(Command.LEAVE), again.answers);
    assertTrue(Command.LEAVE.isForMates());
  }

  @Test
  void theTimeOfATaskIsToldOnce() throws Exception {
    Command.Group group = groupOfTheFirstRound();
    Report contributed =
        new Report(id(0, 10), Report.Kind.CONTRIBUTED, 1, group, null, "", Report.WorkTime.NONE);
    exchange.report(contributed, new Asker());
    sumsOfBoth(1, group);
    assertEquals(0, ((TaskEvent.Contributed) nextOf(TaskEvent.Contributed.class)).worker().task());
    assertEquals(List.of(), ((TaskEvent.Sums) nextOf(TaskEvent.Sums.class)).others());

    exchange.report(contributed, new Asker());
    exchange.note(new TaskEvent.Stuck(1));
    assertInstanceOf(TaskEvent.Stuck.class, exchange.next());
  }

  @Test
  void whoAsksByItselfIsNoFollower() {
    Command.Group group = groupOfTheFirstRound();
    Asker lead = sumsOfBoth(1, group);
    Asker own = new Asker();
    exchange.report(
        new Report(id(0, 10), Report.Kind.CONTRIBUTED, 1, group, null, "", Report.WorkTime.NONE),
        own);
    exchange.end();

    exchange.begin(order(2));
    assertEquals(lead.last().group(), own.last().group());
    assertEquals(2, own.last().round());
  }

  @Test
  void followersWithOtherWorkMustAskThemselves() {
    incarnation = exchange.admit(3);
    List<Asker> askers = new ArrayList<>();
    for (int task = 0; task < 3; task++) {
      hello(id(task, 10 + task), "1");
      askers.add(ready(id(task, 10 + task)));
    }

    exchange.begin(order(1));
    Command.Group group = askers.get(2).last().group();
    Asker lead = new Asker();
    exchange.report(
        new Report(
            id(2, 12),
            Report.Kind.SUMS,
            1,
            group,
            () -> part(0),
            "",
            Report.WorkTime.NONE,
            List.of(
                new Report.Mate(0, 10, Report.WorkTime.NONE),
                new Report.Mate(1, 11, Report.WorkTime.NONE))),
        lead);
    hello(id(0, 20), "2");
    exchange.end();

    exchange.begin(order(2));
    assertEquals(2, lead.last().group().size(), "a task with two attempts is in no group");
    assertFalse(lead.last().isForMates());
    Asker own = ready(id(0, 10));
    exchange.serve();
    assertEquals(Command.Group.ALONE, own.last().group());
  }

  @Test
  void sumsThatNobodyTakesAreAnsweredAtOnceSoThatNoFollowerWaits() {
    Command.Group group = groupOfTheFirstRound();
    exchange.ended(incarnation, 0, 10);
    assertEquals(List.of(Command.NOT_YET), sumsOfBoth(1, group).answers);
    assertEquals(List.of(Command.NOT_YET), sumsOfBoth(0, group).answers);
  }

  @Test
  void largeAnswersGoToAllInAllTheirParts() {
    List<PartsAsker> askers = List.of(new PartsAsker(40), new PartsAsker(7));
    for (int task = 0; task < askers.size(); task++) {
      hello(id(task, task), "executor " + task);
      exchange.report(Report.ready(id(task, task)), askers.get(task));
    }

    exchange.begin(Command.work(1, DataSet.TRAINING, null, VARIABLES));
    for (PartsAsker asker : askers) {
      List<Integer> sorted = new ArrayList<>(asker.sent);
      Collections.sort(sorted);
      assertEquals(IntStream.range(0, asker.parts).boxed().toList(), sorted);
    }
  }

  /** An executor that Spark has given up may be alive; what is not there must not be counted on. */
  @Test
  void whoHasEndedForSparkIsToldToLeaveAndIsNotThereAnyMore() throws Exception {
    Asker lost = ready(id(0, 10));
    ready(id(1, 11));
    exchange.begin(order(1));
    assertEquals(1, lost.last().round());
    Asker waiting = sums(id(0, 10), 1, () -> part(0));
    exchange.ended(incarnation, 0, 10);
    assertEquals(Command.Kind.LEAVE, waiting.last().kind());
    assertFalse(waiting.last().isForMates(), "others of its process may go on");
    Asker again = ready(id(0, 10));
    assertEquals(Command.Kind.LEAVE, again.last().kind());
    exchange.started(incarnation, 0, 10);
    hello(id(0, 10), "1");
    assertEquals(1, exchange.taken());
  }

  /** Another attempt has its work now, so the answer of its group is not for it. */
  @Test
  void aFollowerThatHasEndedForSparkGetsNoWork() {
    Command.Group group = groupOfTheFirstRound();
    Asker lead = sumsOfBoth(1, group);
    exchange.ended(incarnation, 0, 10);
    exchange.end();

    exchange.begin(order(2));
    assertEquals(2, lead.last().round());
    assertFalse(lead.last().isForMates());
  }

  /** Gets its answers in parts, by any thread. */
  private static final class PartsAsker implements ReplyTo {
    private final int parts;
    private final Queue<Integer> sent = new ConcurrentLinkedQueue<>();

    private PartsAsker(int parts) {
      this.parts = parts;
    }

    @Override
    public int parts() {
      return parts;
    }

    @Override
    public void answer(Command command, int part) {
      assertEquals(VARIABLES, command.variables());
      sent.add(part);
    }

    @Override
    public boolean isLocal() {
      return false;
    }
  }
}
