package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class LionTest {

  private final OneWeight w = new OneWeight(1);

  private static Lion.Builder builder() {
    return Lion.builder().learningRate(0.5).beta1(0.75).beta2(0.5);
  }

  @Test
  void stepsByTheSignOfTheMix() {
    Lion optimizer = builder().build();
    assertEquals(0.5, w.step(optimizer, 2));
    assertEquals(0, w.step(optimizer, -1));
    assertEquals(0.5, w.step(optimizer, -5));
    assertEquals(0.5 * (0.5 * (0.5 * 2) - 0.5 * 1) - 0.5 * 5, momentum(optimizer));
  }

  private static float momentum(Lion optimizer) {
    return optimizer.variables().get(2).values()[0];
  }

  @Test
  void aMixOfZeroDoesNotMove() {
    assertEquals(1, w.step(builder().build(), 0));
  }

  @Test
  void stateIsOrderedAsInKeras() {
    assertEquals(
        List.of("iteration", "learning_rate", "w_momentum", "a_v_momentum"),
        w.stateNames(builder().build()));
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Lion: 'beta_1' must be in (0, 1]. Received: 0.0",
            "Lion: 'beta_1' must be in (0, 1]. Received: 1.5",
            "Lion: 'beta_2' must be in [0, 1). Received: 1.0"),
        OneWeight.refusals(builder().beta1(0), builder().beta1(1.5), builder().beta2(1)));
  }
}
