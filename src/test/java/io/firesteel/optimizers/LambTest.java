package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class LambTest {

  private final OneWeight w = new OneWeight(1);

  private static Lamb.Builder builder() {
    return Lamb.builder().learningRate(0.25).beta1(0.75).beta2(0.5).epsilon(0.25);
  }

  @Test
  void takesTwoStepsByTheFormula() {
    Variable pair = Variable.of("w", "w", Shape.of(2), new float[] {3, 4});
    Lamb optimizer = builder().build();
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(2, 0), pair)));
    // u = 2 / (2 + 0.25) and 0, so the ratio is 5 / |u| and the step is 5 whatever u is
    assertEquals(3 - 0.25 * 5, pair.values()[0], 1e-6);
    assertEquals(4, pair.values()[1]);
    double norm = Math.hypot(1.75, 4);
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(2, 1), pair)));
    double u0 = 2 / (2 + 0.25);
    double u1 = 0.25 / (1 - 0.5625) / (Math.sqrt(0.5 / 0.75) + 0.25);
    double rate = 0.25 * norm / Math.hypot(u0, u1);
    assertEquals(1.75 - rate * u0, pair.values()[0], 1e-6);
    assertEquals(4 - rate * u1, pair.values()[1], 1e-6);
  }

  @Test
  void aVariableOfZerosIsNotScaled() {
    OneWeight zero = new OneWeight(0);
    assertEquals(-0.25 * 2 / 2.25, zero.step(builder().build(), 2), 1e-6);
  }

  @Test
  void anUpdateOfZeroDoesNotMove() {
    assertEquals(1, w.step(builder().build(), 0));
  }

  @Test
  void stateIsOrderedAsInKeras() {
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "w_momentum",
            "w_velocity",
            "a_v_momentum",
            "a_v_velocity"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Lamb: 'beta_1' must be in [0, 1). Received: 1.0",
            "Lamb: 'beta_2' must be in [0, 1). Received: -0.5",
            "Lamb: 'epsilon' must be finite and >= 0. Received: NaN"),
        OneWeight.refusals(
            builder().beta1(1), builder().beta2(-0.5), builder().epsilon(Double.NaN)));
  }
}
