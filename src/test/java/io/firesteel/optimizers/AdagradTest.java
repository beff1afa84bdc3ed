package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdagradTest {

  private final OneWeight w = new OneWeight(1);

  private static Adagrad.Builder builder() {
    return Adagrad.builder().learningRate(0.5).initialAccumulatorValue(2).epsilon(3);
  }

  @Test
  void dividesByTheRootOfTheSumOfSquares() {
    Adagrad optimizer = builder().build();
    double first = 1 - 0.5 * 2 / Math.sqrt(2 + 4 + 3);
    assertEquals(first, w.step(optimizer, 2), 1e-6);
    assertEquals(first + 0.5 / Math.sqrt(2 + 4 + 1 + 3), w.step(optimizer, -1), 1e-6);
    assertEquals(7, optimizer.variables().get(2).values()[0]);
  }

  @Test
  void slotsOfOverwrittenVariablesAreNotThere() {
    Variable scale =
        Variable.builder("s", "s", Shape.of(1)).overwriteWithGradient(true).build(new float[1]);
    Adagrad optimizer = builder().build();
    optimizer.build(List.of(scale, w.variable));
    assertEquals("w_accumulator", optimizer.variables().get(2).name());
    assertEquals(2, optimizer.variables().get(2).values()[0]);
    assertEquals(3, optimizer.variables().size());
  }

  @Test
  void stateIsOrderedAsInKeras() {
    assertEquals(
        List.of("iteration", "learning_rate", "w_accumulator", "a_v_accumulator"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Adagrad: 'initial_accumulator_value' must be finite and >= 0. Received: -1.0",
            "Adagrad: 'epsilon' must be finite and >= 0. Received: -1.0"),
        OneWeight.refusals(builder().initialAccumulatorValue(-1), builder().epsilon(-1)));
  }
}
