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
      PartialSums read = new SumsCodec.Reader().read(parts(sums(7), count));

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
      GradientSums read = reader.read(parts(part, count)).sums().get(0);

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
    float[] first = reader.read(parts(sums(1), 2)).sums().get(0).gradients()[0];
    float[] second = reader.read(parts(sums(2), 2)).sums().get(0).gradients()[0];

    assertSame(first, second);
    assertEquals(2, second[0]);
    PartialSums none = new PartialSums(List.of(new ShardRange(3, 7)), List.of(), List.of());
    assertEquals(none, reader.read(parts(none, 1)));
  }

  @Test
  void ordersArriveWithTheirVariables() throws Exception {
    float[][] values = {{1, 2, 3}, {}, {4}};
    Command order =
        Command.work(8, DataSet.VALIDATION, new Step(5, 2, 1, 0.5f), VariableValues.wrap(values));
    ExecutorVariables held = new ExecutorVariables(3, 0, 1);
    for (int each = 0; each < 3; each++) {
      byte[] bytes = bytes(order, each, 3);
      Command.Frame frame = Command.Frame.parse(bytes);
      assertEquals(order.withoutVariables(), frame.command());
      held.put(8, frame.part(), frame.parts(), frame.values());
    }

    assertFalse(held.await(8, 1), "the variables were complete too early");
    held.complete(8);
    assertTrue(held.await(8, 1));
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
    held.put(2, 0, 1, floats(5));
    held.complete(2);
    held.put(1, 0, 1, floats(6));
    held.complete(1);

    assertTrue(held.await(2, 1));
    assertEquals(5, held.snapshot().values(0)[0]);
    held.put(2, 0, 1, floats(7));
    assertEquals(5, held.snapshot().values(0)[0]);
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
    assertEquals(1, FlatFloats.parts(255 << 10));
    assertEquals(2, FlatFloats.parts((255 << 10) + 1));
    assertEquals(256, FlatFloats.parts(1L << 33));
  }
}
