package io.firesteel.spark.internal.resident;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.spark.internal.frames.Command;
import io.firesteel.spark.internal.frames.Report;
import io.firesteel.spark.internal.frames.SumsCodec;
import io.firesteel.spark.internal.frames.TaskId;
import io.firesteel.spark.internal.frames.WorkerInfo;
import io.firesteel.spark.internal.seam.FrameBytes;
import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the driver answers, as bytes, without Spark. */
class FrameReceiverTest {

  private static final int PARTS = 3;

  private final TaskExchange exchange = new TaskExchange(5);
  private final FrameReceiver receiver = new FrameReceiver(exchange);
  private final int incarnation = exchange.admit(2);
  private final float[] values = {1, 2, 3, 4, 5, 6};
  private int asks;

  /** Asks by parts that come in another order, and returns where each one's answer will be. */
  private FrameBytes[] ready(int task) {
    Report report =
        Report.ready(
            new TaskId(5, incarnation, task, new ShardRange(task, task + 1), 10 + task, 0));
    FrameBytes[] answers = new FrameBytes[PARTS];
    asks++;
    for (int part : new int[] {2, 0, 1}) {
      FrameBytes frame = FrameBytes.of(Report.Frame.headerBytes(report, part));
      Report.Frame.begin(report, asks, part, PARTS, frame.writer());
      int at = part;
      receiver.received(frame.copy(), answer -> answers[at] = answer);
    }

    return answers;
  }

  private void begin(long round) {
    Step step = new Step(round, 0, 0, 1.0f);
    VariableValues variables = VariableValues.wrap(new float[][] {values});
    exchange.begin(Command.work(round, DataSet.TRAINING, step, variables));
  }

  private static List<Float> firsts(FrameBytes[] frames) {
    return Stream.of(frames)
        .map(frame -> Command.Frame.parse(frame.copy()).values().getFloat())
        .toList();
  }

  @Test
  void partsGoToAllTasksFromTheArraysOfTheRoundBefore() {
    FrameBytes[] one = ready(0);
    FrameBytes[] other = ready(1);
    begin(1);
    assertEquals(List.of(1f, 3f, 5f), firsts(one));
    for (int part = 1; part < PARTS; part++) {
      assertSame(one[part], other[part]);
    }

    exchange.end();
    values[2] = 30;
    FrameBytes[] next = ready(0);
    begin(2);
    assertEquals(List.of(1f, 30f, 5f), firsts(next));
    for (int part = 1; part < PARTS; part++) {
      assertSame(one[part], next[part]);
    }
  }

  /** Whoever gets the variables of a round late must not take them for those of the next one. */
  @Test
  void theFirstFrameOfARoundNeverChanges() {
    FrameBytes[] one = ready(0);
    FrameBytes[] other = ready(1);
    begin(1);
    byte[] before = one[0].copy();
    assertNotSame(one[0], other[0]);
    exchange.end();
    FrameBytes[] next = ready(0);
    begin(2);

    assertNotSame(one[0], next[0]);
    assertArrayEquals(before, one[0].copy());
    assertEquals(1, Command.Frame.parse(one[0].copy()).command().round());
    assertEquals(2, Command.Frame.parse(next[0].copy()).command().round());
  }

  private PartialSums sums(float value) {
    float[] gradient = new float[values.length];
    Arrays.fill(gradient, value);
    Totals totals = new Totals(new double[0], 1, 1, 1, value);
    ShardRange range = new ShardRange(0, 2);
    return new PartialSums(
        List.of(range), List.of(range), List.of(GradientSums.of(new float[][] {gradient}, totals)));
  }

  /** Sends one part of the sums of both tasks, of which either may do so. */
  private FrameBytes[] bring(int task, long round, int part, PartialSums sums) {
    TaskId from = new TaskId(5, incarnation, task, new ShardRange(task, task + 1), 10 + task, 0);
    Report report =
        new Report(
            from,
            Report.Kind.SUMS,
            round,
            new Command.Group((int) round, 2),
            () -> sums,
            "",
            part == 0 ? new Report.WorkTime(1, 2) : Report.WorkTime.NONE);
    SumsCodec codec = new SumsCodec(sums);
    FrameBytes frame =
        FrameBytes.of(Report.Frame.headerBytes(report, part) + codec.partBytes(part, PARTS));
    ByteBuffer target = frame.writer();
    Report.Frame.begin(report, 0, part, PARTS, target);
    codec.write(part, PARTS, target);
    FrameBytes[] answer = new FrameBytes[1];
    receiver.received(frame.copy(), bytes -> answer[0] = bytes);
    return answer;
  }

  private void join() {
    for (int task = 0; task < 2; task++) {
      TaskId id = new TaskId(5, incarnation, task, new ShardRange(task, task + 1), 10 + task, 0);
      String text = new WorkerInfo("e", "h", "JDK").text();
      receiver.received(Report.Frame.ofText(Report.of(id, Report.Kind.HELLO, text)), null);
    }
  }

  /** Parts of a group come from several tasks; the one that sends the first part brings them. */
  @Test
  void partsOfSumsAreReadAsTheyCome() throws Exception {
    join();
    ready(0);
    ready(1);
    begin(1);
    bring(0, 1, 2, sums(7));
    bring(1, 1, 1, sums(7));
    FrameBytes[] answer = bring(1, 1, 0, sums(7));
    assertNull(answer[0], "it waits for the next round");

    int parts = 0;
    while (true) {
      TaskEvent event = exchange.next();
      if (event instanceof TaskEvent.Part part) {
        part.prepare();
        part.read();
        parts++;
      } else if (event instanceof TaskEvent.Sums come) {
        assertEquals(2, parts);
        assertEquals(1, come.report().from().task());
        GradientSums read = come.sums().get().sums().get(0);
        assertArrayEquals(sums(7).sums().get(0).gradients(), read.gradients());
        assertEquals(7, read.totals().loss());
        return;
      }
    }
  }

  /** Its sender asks for work again; what came of it before must not wait for ever. */
  @Test
  void partsOfARoundThatIsOverAreRefused() {
    join();
    ready(0);
    ready(1);
    begin(1);
    FrameBytes[] before = bring(0, 1, 2, sums(7));
    exchange.end();
    assertNull(before[0]);
    requireNotYet(bring(0, 1, 1, sums(7)));
    requireNotYet(before);
  }

  /** Perhaps none of them comes any more. */
  @Test
  void partsOfTheRoundBeforeAreRefusedWhenTheFirstOfTheNextOneCome() {
    join();
    ready(0);
    ready(1);
    begin(1);
    FrameBytes[] before = bring(0, 1, 2, sums(7));
    exchange.end();
    begin(2);
    assertNull(before[0]);
    bring(1, 2, 2, sums(8));
    requireNotYet(before);
  }

  private static void requireNotYet(FrameBytes[] answer) {
    assertEquals(Command.NOT_YET, Command.Frame.parse(answer[0].copy()).command());
  }

  /** A task asks by all parts at the same time; some come before it is to leave, some after. */
  @Test
  void whoIsToLeaveGetsThatForThePartsThatCameBefore() {
    Report report = Report.ready(new TaskId(5, incarnation, 0, new ShardRange(0, 1), 10, 0));
    FrameBytes[] answers = new FrameBytes[PARTS];
    for (int part = 0; part < PARTS; part++) {
      if (part == PARTS - 1) {
        exchange.dismiss();
        exchange.admit(2);
      }

      FrameBytes frame = FrameBytes.of(Report.Frame.headerBytes(report, part));
      Report.Frame.begin(report, 1, part, PARTS, frame.writer());
      int at = part;
      receiver.received(frame.copy(), answer -> answers[at] = answer);
    }

    for (FrameBytes answer : answers) {
      assertNotNull(answer, "a part without an answer, for which the task would wait");
      assertEquals(Command.Kind.LEAVE, Command.Frame.parse(answer.copy()).command().kind());
    }
  }

  private Command command(long round) {
    Step step = new Step(round, 0, 0, 1.0f);
    return Command.work(round, DataSet.TRAINING, step, VariableValues.wrap(new float[][] {values}));
  }

  /** Opens the first round for a group of two tasks, and has one of its parts come. */
  private FrameBytes[] openFirst() {
    join();
    ready(0);
    ready(1);
    receiver.begin(command(1));
    exchange.begin(command(1));
    return bring(0, 1, 2, sums(7));
  }

  private void publish() {
    values[3] = 40;
    values[5] = 60;
    receiver.publish(command(2), List.of(0));
  }

  private static void requireValues(float first, FrameBytes[] answer) {
    assertEquals(first, Command.Frame.parse(answer[0].copy()).values().getFloat());
  }

  /** Parts that came and parts that come are answered at once, but for the first. */
  @Test
  void variablesOfTheNextRoundGoOutWhileOneIsOpen() {
    FrameBytes[] third = openFirst();
    assertNull(third[0]);
    publish();
    requireValues(5, third);
    FrameBytes[] second = bring(1, 1, 1, sums(7));
    requireValues(3, second);
    FrameBytes[] first = bring(1, 1, 0, sums(7));
    assertNull(first[0], "what to do is not known yet");
    assertEquals(2, receiver.earlyAnswers());

    exchange.end();
    receiver.begin(command(2));
    FrameBytes[] before = {second[0], third[0]};
    exchange.begin(command(2));
    requireValues(1, first);
    assertEquals(2, Command.Frame.parse(first[0].copy()).command().round());
    assertSame(before[0], second[0], "nothing is answered twice");
    assertSame(before[1], third[0], "nothing is answered twice");
  }

  private FrameBytes[] wholeAsk() {
    openFirst();
    publish();
    bring(1, 1, 1, sums(7));
    FrameBytes[] first = bring(1, 1, 0, sums(7));
    exchange.end();
    return first;
  }

  /** Whoever got others asks again. */
  @Test
  void variablesThatWereWrittenToSinceGoOutAgain() {
    FrameBytes[] first = wholeAsk();
    values[4] = -0.0f;
    receiver.begin(command(2));
    exchange.begin(command(2));
    requireNotYet(first);
    FrameBytes[] again = ready(1);
    exchange.serve();
    assertEquals(List.of(1f, 3f, -0.0f), firsts(again));
    assertFalse(receiver.pays(), "it was for nothing");
  }

  /** Whoever is served a round later must not mix variables of two. */
  @Test
  void variablesOfARoundAreOfNoUseInAnother() {
    FrameBytes[] first = wholeAsk();
    receiver.begin(command(2));
    receiver.begin(command(3));
    exchange.begin(command(3));
    requireNotYet(first);
  }

  @Test
  void whatWentOutOfARoundThatFailedIsForgotten() {
    FrameBytes[] first = wholeAsk();
    receiver.forget();
    values[3] = 4;
    values[5] = 6;
    receiver.begin(command(2));
    exchange.begin(command(2));
    requireNotYet(first);
    FrameBytes[] again = ready(0);
    exchange.serve();
    assertEquals(List.of(1f, 3f, 5f), firsts(again));
  }
}
