package io.firesteel.spark.internal.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.DataSet;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.gradients.Step;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.VariableValues;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentFramesTest {

  private static final TaskId ID = new TaskId(1L << 40, 2, 3, new ShardRange(4, 5), 1L << 41, 6);

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] bytes(Command command, int part, int parts) {
    ByteBuffer frame = littleEndian(Command.Frame.bytes(command, part, parts));
    Command.Frame.write(command, part, parts, frame);
    assertFalse(frame.hasRemaining());
    return frame.array();
  }

  private static List<ByteBuffer> parts(PartialSums sums, int count) {
    SumsCodec encoded = new SumsCodec(sums);
    List<ByteBuffer> parts = new ArrayList<>();
    for (int part = 0; part < count; part++) {
      Report report =
          new Report(
              ID,
              Report.Kind.SUMS,
              9,
              new Command.Group(7, 2),
              () -> sums,
              "",
              Report.WorkTime.NONE);
      ByteBuffer frame =
          littleEndian(Report.Frame.headerBytes(report, part) + encoded.partBytes(part, count));
      Report.Frame.begin(report, 7, part, count, frame);
      encoded.write(part, count, frame);
      assertFalse(frame.hasRemaining());
      Report.Frame parsed = Report.Frame.parse(frame.array());
      assertEquals(ID, parsed.from());
      assertEquals(
          List.of(9L, 7, part, count),
          List.of(parsed.round(), parsed.ask(), parsed.part(), parsed.parts()));
      parts.add(parsed.payload());
    }

    return parts;
  }

  private static PartialSums read(SumsCodec.Reader reader, List<ByteBuffer> parts) {
    reader.begin(parts.size());
    return reader.read(parts);
  }

  private static PartialSums sums(float first) {
    float[][] gradients = {{first, -0f, Float.MIN_VALUE}, {}, {1e30f, Float.NaN}};
    return new PartialSums(
        List.of(new ShardRange(3, 7)),
        List.of(new ShardRange(3, 4), new ShardRange(4, 6)),
        List.of(
            GradientSums.of(
                gradients, new Totals(new double[] {-0.0, 0.1}, 3_000_000_000L, 5, 0.3, -0.7)),
            GradientSums.of(new Totals(new double[0], 1, 1, 1, 1))));
  }

  private static void set(RowSums rows, int row, int place, float value) {
    int at = rows.row(row);
    rows.values()[at + place] = value;
  }

  @Test
  void everyBitOfSumsArrivesInAnyNumberOfParts() {
    for (int count : new int[] {1, 2, 3, 64}) {
      PartialSums read = read(new SumsCodec.Reader(), parts(sums(7), count));

      assertEquals(sums(7).nodes(), read.nodes());
      assertEquals(List.of(new ShardRange(3, 7)), read.ranges());
      GradientSums expected = sums(7).sums().get(0);
      GradientSums first = read.sums().get(0);
      for (int v = 0; v < 3; v++) {
        assertArrayEquals(expected.gradients()[v], first.gradients()[v]);
      }

      assertArrayEquals(expected.totals().metrics(), first.totals().metrics());
      assertEquals(3_000_000_000L, first.totals().rows());
      assertEquals(5, first.totals().samples());
      assertEquals(0.3, first.totals().weights());
      assertEquals(-0.7, first.totals().loss());
      assertEquals(0, read.sums().get(1).gradients().length);
    }
  }

  @Test
  void rowsOfGradientsArriveInAnyNumberOfParts() {
    SumsCodec.Reader reader = new SumsCodec.Reader();
    for (int count : new int[] {1, 2, 5, 64}) {
      RowSums rows = new RowSums(2);
      for (int i = 0; i < count; i++) {
        set(rows, 7 * i, 1, i + 0.5f);
      }

      float[][] gradients = {{1, 2}, {}, {3}};
      RowSums[] rowSums = {null, rows, null};
      GradientSums sums =
          new GradientSums(
              gradients, rowSums, new float[][] {{7, 8}}, new Totals(new double[0], 1, 1, 1, 1));
      PartialSums part =
          new PartialSums(
              List.of(new ShardRange(0, 1)), List.of(new ShardRange(0, 1)), List.of(sums));
      GradientSums read = read(reader, parts(part, count)).sums().get(0);

      assertArrayEquals(gradients, read.gradients());
      assertArrayEquals(new float[][] {{7, 8}}, read.statistics());
      assertNull(read.rowSums(0));
      Shape shape = Shape.of(1000, 2);
      RowSparse expected = rows.toRowSparse(shape);
      assertArrayEquals(expected.rows(), read.rowSums(1).toRowSparse(shape).rows());
      assertArrayEquals(expected.values(), read.rowSums(1).toRowSparse(shape).values());
    }
  }

  @Test
  void aReaderUsesItsArraysAgain() {
    SumsCodec.Reader reader = new SumsCodec.Reader();
    float[] first = read(reader, parts(sums(1), 2)).sums().get(0).gradients()[0];
    float[] second = read(reader, parts(sums(2), 2)).sums().get(0).gradients()[0];

    assertSame(first, second);
    assertEquals(2, second[0]);
    PartialSums none = new PartialSums(List.of(new ShardRange(3, 7)), List.of(), List.of());
    assertEquals(none, read(reader, parts(none, 1)));
  }

  /** Early parts are read while the sums change that they do not have. */
  @Test
  void partsAreReadInAnyOrderAndEachWhenItComes() {
    PartialSums sums = sums(3);
    List<ByteBuffer> early = parts(sums, 3);
    sums.sums().get(0).gradients()[0][0] = 4;
    List<ByteBuffer> late = parts(sums, 3);
    SumsCodec.Reader reader = new SumsCodec.Reader();
    reader.begin(3);
    for (int part : new int[] {2, 1}) {
      reader.prepare(early.get(part));
      reader.read(part, early.get(part));
      reader.read(part, late.get(0));
    }

    PartialSums read = reader.read(List.of(late.get(0), early.get(1), early.get(2)));
    GradientSums expected = sums.sums().get(0);
    for (int v = 0; v < 3; v++) {
      assertArrayEquals(expected.gradients()[v], read.sums().get(0).gradients()[v]);
    }

    assertEquals(-0.7, read.sums().get(0).totals().loss());
  }

  @Test
  void ordersArriveWithTheirVariables() throws Exception {
    float[][] values = {{1, 2, 3}, {}, {4}};
    Command order =
        Command.work(8, DataSet.VALIDATION, new Step(5, 2, 1, 0.5f), VariableValues.wrap(values));
    ExecutorVariables held = new ExecutorVariables(3, 0, 1);
    assertFalse(held.await(8, 1), "nothing has begun");
    held.begin(8, 3);
    assertTrue(held.await(8, 1));
    for (int each : new int[] {1, 0, 2}) {
      assertThrows(ExecutorVariables.LateException.class, () -> held.require(8, 3, 1));
      byte[] bytes = bytes(order, each, 3);
      Command.Frame frame = Command.Frame.parse(bytes);
      assertEquals(order.withoutVariables(), frame.command());
      held.put(8, frame.part(), frame.parts(), frame.values());
    }

    held.require(8, 3, 1);
    assertArrayEquals(values, held.snapshot().values());
  }

  /** A layer waits for its own variables and those before it, not for those behind it. */
  @Test
  void theFirstVariablesAreThereBeforeTheOthers() throws Exception {
    VariableValues values = VariableValues.wrap(new float[][] {{1, 2}, {3}, {4, 5}});
    Command order = Command.work(1, DataSet.TRAINING, null, values);
    ExecutorVariables held = new ExecutorVariables(2, 1, 2);
    held.begin(1, 5);
    for (int part = 0; part < 3; part++) {
      held.put(1, part, 5, Command.Frame.parse(bytes(order, part, 5)).values());
    }

    held.require(1, 2, 1);
    assertArrayEquals(new float[] {1, 2}, held.snapshot().values(0));
    assertArrayEquals(new float[] {3}, held.snapshot().values(1));
    assertThrows(ExecutorVariables.LateException.class, () -> held.require(1, 3, 1));
  }

  /** What one task does not get, another one brings, in parts of another size. */
  @Test
  void anotherDeliveryTakesThePlaceOfOneThatStopped() throws Exception {
    float[][] values = {{1, 2, 3, 4}};
    Command order = Command.work(1, DataSet.TRAINING, null, VariableValues.wrap(values));
    ExecutorVariables held = new ExecutorVariables(4);
    held.begin(1, 4);
    held.put(1, 0, 4, Command.Frame.parse(bytes(order, 0, 4)).values());
    assertThrows(ExecutorVariables.LateException.class, () -> held.require(1, 1, 1));
    held.begin(1, 2);
    held.put(1, 3, 4, Command.Frame.parse(bytes(order, 3, 4)).values());
    for (int part = 0; part < 2; part++) {
      held.put(1, part, 2, Command.Frame.parse(bytes(order, part, 2)).values());
    }

    held.require(1, 1, 1);
    assertArrayEquals(values, held.snapshot().values());
  }

  @Test
  void ordersWithoutAStepOrVariablesArrive() {
    for (Command order : new Command[] {Command.LEAVE, Command.NOT_YET}) {
      Command.Frame frame = Command.Frame.parse(bytes(order, 0, 1));
      assertEquals(order, frame.command());
      assertFalse(frame.hasValues());
      assertNull(frame.command().step());
    }
  }

  @Test
  void variablesOfAnEarlierRoundAreDropped() throws Exception {
    ExecutorVariables held = new ExecutorVariables(1);
    bring(held, 2, 5);
    held.require(2, 1, 1);
    bring(held, 1, 6);
    held.require(1, 1, 1);
    held.require(2, 1, 1);
    assertEquals(5, held.snapshot().values(0)[0]);
    bring(held, 2, 7);
    held.require(2, 1, 1);
    assertEquals(5, held.snapshot().values(0)[0]);
    bring(held, 3, 8);
    held.require(3, 1, 1);
    assertEquals(8, held.snapshot().values(0)[0]);
  }

  private static void bring(ExecutorVariables held, long round, float value) {
    held.begin(round, 1);
    held.put(round, 0, 1, floats(value));
  }

  @Test
  void variablesOfAnotherSizeAreRefused() {
    IllegalStateException refusal =
        assertThrows(
            IllegalStateException.class, () -> new ExecutorVariables(2).put(1, 0, 1, floats(1)));

    assertEquals(
        "Part 0 of 1 of the variables must have 8 bytes. Received: 4", refusal.getMessage());
  }

  private static ByteBuffer floats(float value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).flip();
  }

  @Test
  void textArrives() {
    Report report = Report.of(ID, Report.Kind.HELLO, new WorkerInfo("1", "h", "JDK, é\n2").text());
    Report.Frame frame = Report.Frame.parse(Report.Frame.ofText(report));

    assertEquals(Report.Kind.HELLO, frame.kind());
    assertEquals(new WorkerInfo("1", "h", "JDK, é\n2"), WorkerInfo.parse(frame.text()));
  }

  @Test
  void largeMessagesHaveSeveralParts() {
    assertEquals(1, FlatFloats.parts(0));
    assertEquals(1, FlatFloats.parts(252 << 10));
    assertEquals(2, FlatFloats.parts((252 << 10) + 1));
    assertEquals(256, FlatFloats.parts(1L << 33));
  }
}
