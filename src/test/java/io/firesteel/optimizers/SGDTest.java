package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class SGDTest {

  private final Variable w = Variable.of("w", "w", Shape.of(2), new float[] {1, 2});

  private float[] afterTwoSteps(SGD optimizer) {
    for (int step = 0; step < 2; step++) {
      optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(2, -4), w)));
    }

    return w.values();
  }

  @Test
  void stepsAgainstTheGradient() {
    // 1 - 2 * 0.25 * 2 and 2 + 2 * 0.25 * 4
    assertArrayEquals(new float[] {0, 4}, afterTwoSteps(SGD.builder().learningRate(0.25).build()));
  }

  @Test
  void keepsMomentum() {
    // m: -0.5, then -0.5 * 0.5 - 0.5 = -0.75; w: 1 - 0.5 - 0.75
    assertArrayEquals(
        new float[] {-0.25f, 4.5f},
        afterTwoSteps(SGD.builder().learningRate(0.25).momentum(0.5).build()));
  }

  @Test
  void looksAheadWithNesterov() {
    // w: 1 + (-0.5 * 0.5 - 0.5) = 0.25, then 0.25 + (-0.75 * 0.5 - 0.5) = -0.625
    assertArrayEquals(
        new float[] {-0.625f, 5.25f},
        afterTwoSteps(SGD.builder().learningRate(0.25).momentum(0.5).nesterov(true).build()));
  }

  @Test
  void nesterovWithoutMomentumIsPlain() {
    SGD optimizer = SGD.builder().learningRate(0.25).nesterov(true).build();
    assertArrayEquals(new float[] {0, 4}, afterTwoSteps(optimizer));
    assertEquals(2, optimizer.variables().size());
  }

  @Test
  void momentumIsAShare() {
    for (double momentum : new double[] {-0.1, 1.1, Double.NaN}) {
      assertEquals(
          "SGD: 'momentum' must be in [0, 1]. Received: " + momentum,
          assertThrows(
                  IllegalArgumentException.class, () -> SGD.builder().momentum(momentum).build())
              .getMessage());
    }
  }
}
