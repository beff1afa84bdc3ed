package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class RMSpropTest {

  private final Variable w = Variable.of("w", "w", Shape.of(1), new float[] {1});

  private float afterTwoSteps(RMSprop optimizer) {
    for (int step = 0; step < 2; step++) {
      optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(2), w)));
    }

    return w.values()[0];
  }

  private static RMSprop.Builder builder() {
    return RMSprop.builder().learningRate(0.5).rho(0.75).epsilon(0);
  }

  @Test
  void dividesByTheRootMeanSquare() {
    // v: 0.25 * 4 = 1, then 0.75 + 1 = 1.75
    assertEquals(1 - 1 - 1 / Math.sqrt(1.75), afterTwoSteps(builder().build()), 1e-6);
  }

  @Test
  void addsEpsilonUnderTheRoot() {
    assertEquals(
        1 - 1 / Math.sqrt(4) - 1 / Math.sqrt(4.75),
        afterTwoSteps(builder().epsilon(3).build()),
        1e-6);
  }

  @Test
  void takesTheMeanOutIfCentered() {
    // a: 0.25 * 2 = 0.5, then 0.75 * 0.5 + 0.5 = 0.875
    assertEquals(
        1 - 1 / Math.sqrt(1 - 0.25) - 1 / Math.sqrt(1.75 - 0.875 * 0.875),
        afterTwoSteps(builder().centered(true).build()),
        1e-6);
  }

  @Test
  void keepsMomentum() {
    double first = 1;
    double second = 0.5 * first + 1 / Math.sqrt(1.75);
    assertEquals(1 - first - second, afterTwoSteps(builder().momentum(0.5).build()), 1e-6);
  }

  @Test
  void stateComesInBlocks() {
    RMSprop optimizer = builder().centered(true).momentum(0.5).build();
    Variable v = Variable.of("v", "v", Shape.of(1), new float[1]);
    optimizer.build(List.of(w, v));
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "w_velocity",
            "v_velocity",
            "w_momentum",
            "v_momentum",
            "w_average_gradient",
            "v_average_gradient"),
        optimizer.variables().stream().map(Variable::name).toList());
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "RMSprop: 'rho' must be in [0, 1). Received: 1.0",
            "RMSprop: 'rho' must be in [0, 1). Received: -0.5",
            "RMSprop: 'momentum' must be in [0, 1]. Received: 2.0",
            "RMSprop: 'epsilon' must be finite and >= 0. Received: -1.0E-7"),
        List.of(
                builder().rho(1),
                builder().rho(-0.5),
                builder().momentum(2),
                builder().epsilon(-1e-7))
            .stream()
            .map(b -> assertThrows(IllegalArgumentException.class, b::build).getMessage())
            .toList());
  }
}
