package io.firesteel.variables;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariableTest {

  @Test
  void theArrayIsSharedAndAssignCopiesIntoIt() {
    float[] values = {1, 2};
    Variable variable = Variable.of("kernel", "dense/kernel", Shape.of(2), values);

    assertSame(values, variable.values());
    variable.assign(new float[] {3, 4});
    assertArrayEquals(new float[] {3, 4}, values);
    assertTrue(variable.trainable());
  }

  @Test
  void anIntegerIsNoTensor() {
    Variable iteration = Variable.integer("iteration", "adam/iteration", 5);
    iteration.assign(6);

    assertEquals(6, iteration.integer());
    assertTrue(iteration.isInteger());
    assertFalse(iteration.trainable());
    assertEquals(
        "The variable adam/iteration is an integer, not a tensor",
        assertThrows(IllegalStateException.class, iteration::values).getMessage());
    Variable tensor = Variable.zeros("m", "adam/m", Shape.of(1));
    assertEquals(
        "The variable adam/m is a tensor, not an integer",
        assertThrows(IllegalStateException.class, tensor::integer).getMessage());
  }

  @Test
  void aWrongNumberOfValuesIsRefused() {
    Variable variable = Variable.zeros("m", "adam/m", Shape.of(2, 2));

    assertEquals(
        "The variable adam/m of shape (2, 2) holds 4 values. Received: 3",
        assertThrows(IllegalArgumentException.class, () -> variable.assign(new float[3]))
            .getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> Variable.of("m", "adam/m", Shape.of(2), new float[1]));
  }

  @Test
  void copiesAndSnapshotsDontShareValues() {
    Variable variable = Variable.of("k", "d/k", Shape.of(2), new float[] {1, 2});
    Variable copy = variable.copy();
    VariableValues snapshot = VariableValues.copyOf(List.of(variable));
    variable.assign(new float[] {9, 9});

    assertNotSame(variable.values(), copy.values());
    assertArrayEquals(new float[] {1, 2}, copy.values());
    assertArrayEquals(new float[] {1, 2}, snapshot.values(0));
    assertEquals(1, snapshot.size());
    assertTrue(copy.trainable());
  }
}
