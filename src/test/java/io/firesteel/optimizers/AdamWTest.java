package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamWTest {

  @Test
  void decaysTheWeightBeforeAdamsStep() {
    Variable decayed = Variable.of("w", "w", Shape.of(1), new float[] {8});
    Variable plain = Variable.of("w", "w", Shape.of(1), new float[] {8 - 8 * 0.5f * 0.25f});
    AdamW adamW = AdamW.builder().learningRate(0.25).weightDecay(0.5).build();
    Adam adam = Adam.builder().learningRate(0.25).build();
    adamW.applyGradients(List.of(new GradAndVar(Tensor.of(3), decayed)));
    adam.applyGradients(List.of(new GradAndVar(Tensor.of(3), plain)));
    assertEquals(plain.values()[0], decayed.values()[0]);
  }

  @Test
  void needsAWeightDecay() {
    String expected =
        "AdamW: 'weight_decay' must be a number (Adam is the optimizer without). Received: null";
    AdamW.Builder builder = AdamW.builder().noWeightDecay();
    assertEquals(
        expected, assertThrows(IllegalArgumentException.class, builder::build).getMessage());
    Config config = Config.parse("{\"weight_decay\":null}");
    assertEquals(
        expected,
        assertThrows(IllegalArgumentException.class, () -> AdamW.fromConfig(config)).getMessage());
  }

  @Test
  void itsErrorsCarryItsName() {
    assertEquals(
        "AdamW: 'beta_1' must be in [0, 1). Received: 2.0",
        assertThrows(IllegalArgumentException.class, () -> AdamW.builder().beta1(2).build())
            .getMessage());
  }
}
