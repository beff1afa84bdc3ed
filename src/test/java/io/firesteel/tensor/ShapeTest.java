package io.firesteel.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void sizeIsTheProductOfTheExtents() {
    assertEquals(24, Shape.of(2, 3, 4).size());
    assertEquals(1, Shape.scalar().size());
    assertEquals(0, Shape.of(3, 0).size());
    assertEquals(4, Shape.of(2, 3, 4).dim(-1));
    assertEquals(Shape.of(2, 9), Shape.of(2, 3).withLast(9));
  }

  @Test
  void itPrintsAsPythonDoes() {
    assertEquals("()", Shape.scalar().toString());
    assertEquals("(3,)", Shape.of(3).toString());
    assertEquals("(3, 2)", Shape.of(3, 2).toString());
  }

  @Test
  void listsComeBack() {
    assertEquals(Shape.of(3, 2), Shape.of(Shape.of(3, 2).toList()));
    assertEquals(Arrays.asList(null, 3L), Shape.of(3).toBatchList());
  }

  @Test
  void impossibleShapesAreRefused() {
    assertEquals(
        "The extents of a shape must not be negative. Received: [2, -1]",
        assertThrows(IllegalArgumentException.class, () -> Shape.of(2, -1)).getMessage());
    assertEquals(
        "A tensor holds at most 2^31 - 1 values. Received the shape: [65536, 65536]",
        assertThrows(IllegalArgumentException.class, () -> Shape.of(65536, 65536)).getMessage());
    assertEquals(
        "A shape is a list of integers of 32 bits. Received: [2.5]",
        assertThrows(IllegalArgumentException.class, () -> Shape.of(List.of(2.5))).getMessage());
  }

  @Test
  void aTensorNeedsAsManyValuesAsItsShapeHolds() {
    assertEquals(
        "A tensor of shape (2, 2) holds 4 values. Received: 3",
        assertThrows(
                IllegalArgumentException.class, () -> Tensor.wrap(Shape.of(2, 2), new float[3]))
            .getMessage());
  }
}
