package io.firesteel.spark.internal.frames;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.ShardRange;
import io.firesteel.internal.gradients.PartialSums;
import io.firesteel.internal.network.GradientSums;
import io.firesteel.internal.network.Totals;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class SumsFrameTest {

  private static final WorkerInfo WORKER = new WorkerInfo("1", "host", "JDK 17, é");

  private static void set(RowSums rows, int row, int place, float value) {
    int at = rows.row(row);
    rows.values()[at + place] = value;
  }

  @Test
  void everyBitArrives() {
    float[][] gradients = {{-0f, Float.MIN_VALUE, Float.NaN}, {}, {1e30f}};
    double[] metrics = {-0.0, 0.1, Double.NEGATIVE_INFINITY};
    GradientSums sums =
        GradientSums.of(gradients, new Totals(metrics, 3_000_000_000L, 5, 0.3, -0.7));
    GradientSums other = GradientSums.of(new Totals(new double[0], 1, 1, 1, 1));
    List<ShardRange> nodes = List.of(new ShardRange(3, 4), new ShardRange(4, 6));
    byte[] bytes =
        new SumsFrame(
                WORKER,
                new Report.WorkTime(1, 1L << 40),
                new PartialSums(List.of(new ShardRange(3, 7)), nodes, List.of(sums, other)))
            .encode();

    SumsFrame frame = SumsFrame.decode(bytes);
    assertEquals(WORKER, frame.worker());
    assertEquals(new Report.WorkTime(1, 1L << 40), frame.time());
    assertEquals(List.of(new ShardRange(3, 7)), frame.sums().ranges());
    assertEquals(nodes, frame.sums().nodes());
    GradientSums decoded = frame.sums().sums().get(0);
    assertEquals(3, decoded.gradients().length);
    for (int v = 0; v < 3; v++) {
      assertArrayEquals(gradients[v], decoded.gradients()[v]);
    }

    assertArrayEquals(metrics, decoded.totals().metrics());
    assertEquals(3_000_000_000L, decoded.totals().rows());
    assertEquals(5, decoded.totals().samples());
    assertEquals(0.3, decoded.totals().weights());
    assertEquals(-0.7, decoded.totals().loss());
    assertEquals(0, frame.sums().sums().get(1).gradients().length);
  }

  @Test
  void aRangeWithoutRowsSendsNoSums() {
    SumsFrame frame =
        SumsFrame.decode(
            new SumsFrame(
                    WORKER,
                    Report.WorkTime.NONE,
                    new PartialSums(List.of(new ShardRange(0, 2)), List.of(), List.of()))
                .encode());

    assertEquals(
        new PartialSums(List.of(new ShardRange(0, 2)), List.of(), List.of()), frame.sums());
  }

  @Test
  void rowsOfGradientsArriveAsRows() {
    RowSums rows = new RowSums(2);
    set(rows, 9_999_999, 0, -1.5f);
    set(rows, 3, 1, 2.5f);
    rows.finish();
    RowSums empty = new RowSums(3);
    GradientSums sums =
        new GradientSums(
            new float[][] {{}, {7}, {}},
            new RowSums[] {rows, null, empty},
            new float[0][],
            new Totals(new double[0], 4, 4, 4, 0.5));
    byte[] bytes =
        new SumsFrame(
                WORKER,
                Report.WorkTime.NONE,
                new PartialSums(
                    List.of(new ShardRange(0, 1)), List.of(new ShardRange(0, 1)), List.of(sums)))
            .encode();

    assertTrue(bytes.length < 200, bytes.length + " bytes");
    GradientSums decoded = SumsFrame.decode(bytes).sums().sums().get(0);
    RowSparse arrived = decoded.rowSums(0).toRowSparse(Shape.of(10_000_000, 2));
    assertArrayEquals(new int[] {3, 9_999_999}, arrived.rows());
    assertArrayEquals(new float[] {0, 2.5f, -1.5f, 0}, arrived.values());
    assertNull(decoded.rowSums(1));
    assertArrayEquals(new float[] {7}, decoded.gradients()[1]);
    assertEquals(0, decoded.rowSums(2).size());
    assertEquals(3, decoded.rowSums(2).rowSize());
  }
}
