package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdamTest {

  private final Variable w = Variable.of("w", "w", Shape.of(1), new float[] {1});

  private static Adam.Builder<?, ?> builder() {
    return Adam.builder().learningRate(0.5).beta1(0.75).beta2(0.5).epsilon(0.25);
  }

  private void step(Optimizer optimizer, float gradient) {
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.of(gradient), w)));
  }

  @Test
  void takesTwoStepsByTheFormula() {
    Adam optimizer = builder().build();
    step(optimizer, 2);
    double m = 0.5;
    double v = 2;
    double expected = 1 - m * 0.5 * Math.sqrt(0.5) / 0.25 / (Math.sqrt(v) + 0.25);
    assertEquals(expected, w.values()[0], 1e-6);
    step(optimizer, -1);
    m += (-1 - m) * 0.25;
    v += (1 - v) * 0.5;
    expected -= m * 0.5 * Math.sqrt(0.75) / (1 - 0.5625) / (Math.sqrt(v) + 0.25);
    assertEquals(expected, w.values()[0], 1e-6);
  }

  @Test
  void amsgradKeepsTheLargestMeanSquare() {
    Adam optimizer = builder().amsgrad(true).build();
    step(optimizer, 2);
    double before = w.values()[0];
    step(optimizer, 0);
    double m = 0.5 * 0.75;
    double expected = before - m * 0.5 * Math.sqrt(0.75) / (1 - 0.5625) / (Math.sqrt(2) + 0.25);
    assertEquals(expected, w.values()[0], 1e-6);
    assertEquals(1, optimizer.variables().get(3).values()[0]);
    assertEquals(2, optimizer.variables().get(4).values()[0]);
  }

  /** 1 - 0.999 is not the float 1 - 0.999f: formed in double, it is 0.001 after rounding. */
  @Test
  void castsWhereKerasDoes() {
    Adam optimizer = Adam.builder().learningRate(1).build();
    step(optimizer, 1);
    assertEquals((float) (1 - 0.9), optimizer.variables().get(2).values()[0]);
    assertEquals((float) (1 - 0.999), optimizer.variables().get(3).values()[0]);
    float alpha = 1 * (float) Math.sqrt(1 - 0.999f) / (1 - 0.9f);
    float root = (float) Math.sqrt((float) (1 - 0.999));
    assertEquals(1 - (float) (1 - 0.9) * alpha / (root + 1e-7f), w.values()[0]);
  }

  @Test
  void stateIsInterleaved() {
    Adam optimizer = builder().amsgrad(true).build();
    Variable v = Variable.of("v", "v", Shape.of(1), new float[1]);
    optimizer.build(List.of(w, v));
    assertEquals(
        List.of(
            "iteration",
            "learning_rate",
            "w_momentum",
            "w_velocity",
            "v_momentum",
            "v_velocity",
            "w_velocity_hat",
            "v_velocity_hat"),
        optimizer.variables().stream().map(Variable::name).toList());
  }

  @Test
  void argumentsHaveRanges() {
    assertEquals(
        List.of(
            "Adam: 'beta_1' must be in [0, 1). Received: 1.0",
            "Adam: 'beta_2' must be in [0, 1). Received: 0.99999999",
            "Adam: 'beta_2' must be in [0, 1). Received: -0.1",
            "Adam: 'epsilon' must be finite and >= 0. Received: 1.0E39"),
        List.of(
                builder().beta1(1),
                builder().beta2(0.99999999),
                builder().beta2(-0.1),
                builder().epsilon(1e39))
            .stream()
            .map(b -> assertThrows(IllegalArgumentException.class, b::build).getMessage())
            .toList());
  }
}
