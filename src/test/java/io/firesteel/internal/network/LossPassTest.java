package io.firesteel.internal.network;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.Batch;
import io.firesteel.layers.Dense;
import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.VariableValues;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossPassTest {

  @Test
  void gradientsOfLossesAreNeverDenormal() {
    Network network =
        Network.of(
            "model",
            Shape.of(1),
            List.of(Dense.of(4).name("a")),
            SparseCategoricalCrossentropy.builder().fromLogits().build(),
            List.of());
    float[] logits = {0, -70, -95, -200};
    VariableValues variables = VariableValues.wrap(new float[][] {new float[4], logits});
    Batch row = new Batch(1, new float[] {1}, new float[] {0}, null);
    float[] gradient = network.newPass().computeGradients(variables, row, 1, 1.0f).gradients()[1];
    assertTrue(gradient[1] > 1e-31f, Arrays.toString(gradient));
    assertEquals(0f, gradient[2], "exp(-95) is denormal");
  }
}
