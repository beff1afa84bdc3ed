package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AdadeltaTest {

  private final OneWeight w = new OneWeight(1);

  private static Adadelta.Builder builder() {
    return Adadelta.builder().learningRate(0.5).rho(0.75).epsilon(0.25);
  }

  @Test
  void takesTwoStepsByTheFormula() {
    Adadelta optimizer = builder().build();
    double a = 0.25 * 4;
    double delta = -Math.sqrt(0.25) * 2 / Math.sqrt(a + 0.25);
    double expected = 1 + 0.5 * delta;
    assertEquals(expected, w.step(optimizer, 2), 1e-6);
    double d = 0.25 * delta * delta;
    a = 0.75 * a + 0.25;
    delta = Math.sqrt(d + 0.25) / Math.sqrt(a + 0.25);
    assertEquals(expected + 0.5 * delta, w.step(optimizer, -1), 1e-6);
  }

  @Test
  void stateIsOrderedAsInKeras() {
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "w_accumulated_grad",
            "w_accumulated_delta_var",
            "a_v_accumulated_grad",
            "a_v_accumulated_delta_var"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Adadelta: 'rho' must be in [0, 1). Received: 1.0",
            "Adadelta: 'epsilon' must be finite and >= 0. Received: -1.0"),
        OneWeight.refusals(builder().rho(1), builder().epsilon(-1)));
  }
}
