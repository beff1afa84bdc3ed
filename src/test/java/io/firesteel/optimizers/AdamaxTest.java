package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class AdamaxTest {

  private final OneWeight w = new OneWeight(1);

  private static Adamax.Builder builder() {
    return Adamax.builder().learningRate(0.5).beta1(0.75).beta2(0.25).epsilon(0.5);
  }

  @Test
  void takesTwoStepsByTheFormula() {
    Adamax optimizer = builder().build();
    double m = 0.25 * 2;
    double expected = 1 - 0.5 * m / (0.25 * (2 + 0.5));
    assertEquals(expected, w.step(optimizer, 2), 1e-6);
    m += (-0.1 - m) * 0.25;
    expected -= 0.5 * m / ((1 - 0.5625) * (0.25 * 2 + 0.5));
    assertEquals(expected, w.step(optimizer, -0.1f), 1e-6);
  }

  @Test
  void stateIsOrderedAsInKeras() {
    assertEquals(
        List.of("iteration", "learning_rate", "w_momentum", "w_norm", "a_v_momentum", "a_v_norm"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Adamax: 'beta_1' must be in [0, 1). Received: 1.0",
            "Adamax: 'beta_2' must be in [0, 1). Received: -0.5",
            "Adamax: 'epsilon' must be finite and >= 0. Received: NaN"),
        OneWeight.refusals(
            builder().beta1(1), builder().beta2(-0.5), builder().epsilon(Double.NaN)));
  }
}
