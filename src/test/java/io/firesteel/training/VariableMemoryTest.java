package io.firesteel.training;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.losses.Losses;
import io.firesteel.models.Sequential;
import io.firesteel.network.Network;
import io.firesteel.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class VariableMemoryTest {

  private static final int FEATURES = 1 << 20;
  private static final long NEEDED = (FEATURES + 1L) * 2 * 2 * Float.BYTES;

  private static Network network() {
    return Network.of(
        "wide",
        Shape.of(FEATURES),
        List.of(Dense.of(2).withName("dense")),
        Losses.get("mse"),
        List.of());
  }

  @Test
  void valuesAndGradientsMustFit() {
    assertDoesNotThrow(
        () -> VariableMemory.require(network(), "an executor", "spark.executor.memory", NEEDED));
    assertEquals(
        "The 2097154 parameters of the model wide and their gradients need at least 16 MB of an"
            + " executor's memory, beside the optimizer's slots. Its heap has 15 MB; raise"
            + " spark.executor.memory (-Xmx without Spark) or make the model smaller",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    VariableMemory.require(
                        network(), "an executor", "spark.executor.memory", NEEDED - 17))
            .getMessage());
  }

  @Test
  void aModelThatTheDriverCannotHoldIsRefusedBeforeItIsAllocated() {
    Sequential model = new Sequential("huge");
    for (int layer = 0; layer < 40; layer++) {
      model.add(Dense.of(45_000));
    }

    String message =
        assertThrows(IllegalArgumentException.class, () -> model.build(45_000)).getMessage();
    assertTrue(
        message.startsWith("The 81001800000 parameters of the model huge and their gradients"),
        message);
    assertTrue(message.contains("need at least 617994 MB of the driver's memory"), message);
  }
}
