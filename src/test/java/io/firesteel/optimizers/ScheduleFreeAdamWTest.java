package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleFreeAdamWTest {

  private final OneWeight w = new OneWeight(1);

  private static ScheduleFreeAdamW.Builder builder() {
    return ScheduleFreeAdamW.builder().learningRate(0.5).beta1(0.75).beta2(0.5).epsilon(0.25);
  }

  @Test
  void takesTwoStepsByTheFormula() {
    ScheduleFreeAdamW optimizer = builder().warmupSteps(4).build();
    double z = 1;
    double v = 0;
    double expected = 1;
    double[] gradients = {2, -1};
    for (int t = 1; t <= 2; t++) {
      double g = gradients[t - 1];
      v += (g * g - v) * 0.5;
      double x = (expected - 0.25 * z) / 0.75;
      z -= 0.5 * t / 4 * g / (Math.sqrt(v / (1 - Math.pow(0.5, t))) + 0.25);
      x = (1 - 1.0 / t) * x + z / t;
      expected = 0.25 * z + 0.75 * x;
      assertEquals(expected, w.step(optimizer, (float) g), 1e-6);
    }

    assertEquals(z, optimizer.variables().get(2).values()[0], 1e-6);
  }

  @Test
  void momentumStartsAsACopy() {
    ScheduleFreeAdamW optimizer = builder().build();
    optimizer.build(List.of(w.variable));
    assertEquals(1, optimizer.variables().get(2).values()[0]);
    assertNotSame(w.variable.values(), optimizer.variables().get(2).values());
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
            "ScheduleFreeAdamW: 'beta_1' must be in (0, 1]. Received: 0.0",
            "ScheduleFreeAdamW: 'beta_2' must be in [0, 1). Received: 1.0",
            "ScheduleFreeAdamW: 'epsilon' must be finite and >= 0. Received: -1.0",
            "ScheduleFreeAdamW: 'warmup_steps' must be an integer >= 0. Received: -1"),
        OneWeight.refusals(
            builder().beta1(0),
            builder().beta2(1),
            builder().epsilon(-1),
            builder().warmupSteps(-1)));
  }
}
