package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SeriesTest {

  @Test
  void fewPointsStayAsTheyAre() {
    Series series = new Series();
    series.add(1, 5, 1);
    series.add(2, 7, 1);
    assertArrayEquals(new double[] {1, 2}, series.points().x());
    assertArrayEquals(new double[] {5, 7}, series.points().y());
  }

  @Test
  void manyPointsBecomeTheMeansOfNeighbours() {
    Series series = new Series();
    int count = 1_000_000;
    for (int i = 1; i <= count; i++) {
      series.add(i, i, 1);
    }

    Series.Points points = series.points();
    assertTrue(
        points.size() <= Series.MOST && points.size() >= Series.MOST / 2, "" + points.size());
    assertEquals(count, points.x()[points.size() - 1]);
    double width = points.x()[1] - points.x()[0];
    for (int i = 0; i < points.size() - 1; i++) {
      assertEquals((i + 1) * width, points.x()[i]);
      assertEquals(points.x()[i] - (width - 1) / 2, points.y()[i], 1e-6);
    }
  }

  @Test
  void pointsCountByTheirWeight() {
    Series series = new Series();
    for (int i = 0; i < 2 * Series.MOST; i++) {
      series.add(i, i % 2 == 0 ? 1 : 5, i % 2 == 0 ? 3 : 1);
    }

    assertEquals(2.0, series.points().y()[7], 1e-12);
  }

  @Test
  void whatIsNotFiniteStaysOnlyAmongItsLike() {
    Series series = new Series();
    for (int i = 0; i <= Series.MOST; i++) {
      series.add(i, i % 2 == 0 || i > 100 ? Double.NaN : 4, 1);
    }

    Series.Points points = series.points();
    assertEquals(4, points.y()[0]);
    assertTrue(Double.isNaN(points.y()[200]));
  }

  @Test
  void noPointsHaveNoLastValue() {
    assertTrue(Double.isNaN(Series.Points.NONE.last()));
  }
}
