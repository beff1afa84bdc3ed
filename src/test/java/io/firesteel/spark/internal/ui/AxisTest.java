package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AxisTest {

  @Test
  void valuesOfOneOrderHaveALinearScaleWithRoundTicks() {
    Axis axis = Axis.fitting(0, 100, 0, 500);
    assertFalse(axis.isLog());
    assertEquals(List.of(0.0, 20.0, 40.0, 60.0, 80.0, 100.0), axis.ticks());
    assertEquals(500, axis.at(axis.max()), 1e-9);
  }

  @Test
  void valuesOfManyOrdersHaveALogarithmicScale() {
    Axis axis = Axis.fitting(1e-4, 1, 200, 0);
    assertTrue(axis.isLog());
    assertEquals(5, axis.ticks().size());
    assertEquals(100, axis.at(1e-2), 1e-6);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "5, 5",
    "-3, -3",
    "1e-30, 1e-30",
    "-1, 1",
    "0, 1e-12",
    "1e12, 3e12",
    "7, 7.0001"
  })
  void everyScaleHoldsItsValuesAndHasSomeTicks(double least, double most) {
    Axis axis = Axis.fitting(least, most, 0, 100);
    assertTrue(axis.at(least) >= 0 && axis.at(most) <= 100, axis + "");
    assertTrue(!axis.ticks().isEmpty() && axis.ticks().size() <= 12, axis.ticks() + "");
  }
}
