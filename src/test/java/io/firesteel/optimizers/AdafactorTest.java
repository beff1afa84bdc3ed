package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdafactorTest {

  private final OneWeight w = new OneWeight(1);

  private static Adafactor.Builder builder() {
    return Adafactor.builder().learningRate(0.5).epsilon1(0.25).clipThreshold(0.5);
  }

  @Test
  void takesTwoStepsWithVectorsByTheFormula() {
    Adafactor optimizer = builder().build();
    double v = 4 + 0.25;
    double u = 2 / Math.sqrt(v);
    double expected = 1 - 1 * 0.5 * u / (u / 0.5);
    assertEquals(expected, w.step(optimizer, 2), 1e-6);
    double b = 1 - Math.pow(2, -0.8);
    v = b * v + (1 - b) * (0.01 + 0.25);
    u = 0.1 / Math.sqrt(v);
    assertEquals(expected - expected * 0.5 * u, w.step(optimizer, 0.1f), 1e-6);
  }

  @Test
  void factorsMatricesByRowsAndColumns() {
    Variable matrix = Variable.of("k", "a/k", Shape.of(2, 2), new float[4]);
    Adafactor optimizer = builder().epsilon1(0).epsilon2(0.5).clipThreshold(100).build();
    Tensor gradient = Tensor.wrap(Shape.of(2, 2), new float[] {1, 2, 3, 4});
    optimizer.applyGradients(List.of(new GradAndVar(gradient, matrix)));
    double[] rows = {2.5, 12.5};
    double[] columns = {5, 10};
    for (int i = 0; i < 4; i++) {
      double v = rows[i / 2] / 7.5 * columns[i % 2];
      assertEquals(v, optimizer.variables().get(4).values()[i], 1e-5);
      assertEquals(-0.5 * 0.5 * (i + 1) / Math.sqrt(v), matrix.values()[i], 1e-6);
    }

    assertArrayEquals(new float[] {2.5f, 12.5f}, optimizer.variables().get(2).values());
    assertArrayEquals(new float[] {5, 10}, optimizer.variables().get(3).values());
  }

  @Test
  void theRateFallsWithTheRootOfTheStep() {
    Adafactor optimizer = builder().learningRate(100).epsilon1(0).clipThreshold(1).build();
    double first = w.step(optimizer, 2);
    assertEquals(0, first, 1e-6);
    assertEquals(-1e-3 / Math.sqrt(2), w.step(optimizer, 2), 1e-6);
  }

  @Test
  void placeholdersAreIntegersAndOverwrittenMatricesHaveNoState() {
    Variable vector =
        Variable.builder("b", "a/b", Shape.of(2)).overwriteWithGradient(true).build(new float[2]);
    Variable matrix =
        Variable.builder("k", "a/k", Shape.of(2, 2))
            .overwriteWithGradient(true)
            .build(new float[4]);
    Adafactor optimizer = builder().build();
    optimizer.build(List.of(matrix, vector, w.variable));
    assertEquals(
        List.of("iteration", "learning_rate", "b", "b", "w", "w", "w_velocity"),
        optimizer.variables().stream().map(Variable::name).toList());
    assertEquals(
        List.of(true, false, true, true, true, true, false),
        optimizer.variables().stream().map(Variable::isInteger).toList());
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Adafactor: 'beta_2_decay' must be finite and <= 0. Received: 0.1",
            "Adafactor: 'epsilon_1' must be finite and >= 0. Received: -1.0",
            "Adafactor: 'epsilon_2' must be finite and >= 0. Received: -1.0",
            "Adafactor: 'clip_threshold' must be finite and > 0. Received: 0.0"),
        OneWeight.refusals(
            builder().beta2Decay(0.1),
            builder().epsilon1(-1),
            builder().epsilon2(-1),
            builder().clipThreshold(0)));
  }
}
