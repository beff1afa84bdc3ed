package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NadamTest {

  private final OneWeight w = new OneWeight(1);

  private static Nadam.Builder builder() {
    return Nadam.builder().learningRate(0.5).beta1(0.75).beta2(0.5).epsilon(0.25);
  }

  private static double mu(int k) {
    return 0.75 * (1 - 0.5 * Math.pow(0.96, k));
  }

  @Test
  void takesTwoStepsByTheFormula() {
    Nadam optimizer = builder().build();
    double p = mu(1);
    double m = 0.25 * 2;
    double v = 0.5 * 4;
    double ahead = mu(2) * m / (1 - p * mu(2)) + (1 - mu(1)) * 2 / (1 - p);
    double expected = 1 - ahead * 0.5 / (Math.sqrt(v / 0.5) + 0.25);
    assertEquals(expected, w.step(optimizer, 2), 1e-6);
    p *= mu(2);
    m += (-1 - m) * 0.25;
    v += (1 - v) * 0.5;
    ahead = mu(3) * m / (1 - p * mu(3)) - (1 - mu(2)) / (1 - p);
    expected -= ahead * 0.5 / (Math.sqrt(v / 0.75) + 0.25);
    assertEquals(expected, w.step(optimizer, -1), 1e-6);
    assertEquals(p, optimizer.variables().get(4).values()[0], 1e-6);
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
            "a_v_velocity",
            "variable"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Nadam: 'beta_1' must be in [0, 1). Received: 1.0",
            "Nadam: 'beta_2' must be in [0, 1). Received: -0.5",
            "Nadam: 'epsilon' must be finite and >= 0. Received: NaN"),
        OneWeight.refusals(
            builder().beta1(1), builder().beta2(-0.5), builder().epsilon(Double.NaN)));
  }
}
