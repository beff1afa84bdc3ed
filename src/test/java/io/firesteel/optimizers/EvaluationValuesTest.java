package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The values that a model should be evaluated with, where they are not those it is trained with.
 */
class EvaluationValuesTest {

  private final Variable w = variable("w");

  private static Variable variable(String path) {
    return Variable.of(path, path, Shape.of(2), new float[] {1, -2});
  }

  private static SGD averaging() {
    return SGD.builder().learningRate(0.5).useEma(true).emaMomentum(0.75).build();
  }

  private static void step(Optimizer optimizer, Variable... variables) {
    optimizer.applyGradients(
        List.of(variables).stream().map(v -> new GradAndVar(Tensor.of(1, 3), v)).toList());
  }

  @Test
  void averagesAreThoseThatFinalizingWrites() {
    SGD optimizer = averaging();
    step(optimizer, w);
    step(optimizer, w);
    step(optimizer, w);
    float[] average = optimizer.evaluationValues(w).clone();
    float[] trained = w.values().clone();
    assertTrue(optimizer.hasEvaluationValues());
    assertFalse(average[0] == trained[0]);
    optimizer.finalizeVariableValues(List.of(w));
    assertArrayEquals(w.values(), average);
  }

  @Test
  void beforeTheFirstUpdateTheyAreTheVariablesOwn() {
    SGD optimizer = averaging();
    optimizer.build(List.of(w));
    assertSame(w.values(), optimizer.evaluationValues(w));
    ScheduleFreeAdamW free = ScheduleFreeAdamW.builder().beta1(0.75).build();
    Variable other = variable("o");
    free.build(List.of(other));
    assertArrayEquals(other.values(), free.evaluationValues(other));
  }

  @Test
  void withoutAveragesTheyAreTheVariablesOwn() {
    SGD optimizer = SGD.builder().build();
    step(optimizer, w);
    assertFalse(optimizer.hasEvaluationValues());
    assertSame(w.values(), optimizer.evaluationValues(w));
  }

  @Test
  void scheduleFreeGivesItsMean() {
    ScheduleFreeAdamW optimizer =
        ScheduleFreeAdamW.builder().learningRate(0.5).beta1(0.75).epsilon(0.25).build();
    step(optimizer, w);
    step(optimizer, w);
    float[] z = optimizer.variables().get(2).values();
    float[] x = optimizer.evaluationValues(w);
    assertTrue(optimizer.hasEvaluationValues());
    for (int i = 0; i < 2; i++) {
      assertEquals(w.values()[i], 0.25 * z[i] + 0.75 * x[i], 1e-6);
      assertTrue(Math.abs(x[i] - w.values()[i]) > 1e-3);
    }
  }

  @Test
  void scheduleFreeWithAveragesGivesThese() {
    ScheduleFreeAdamW optimizer = ScheduleFreeAdamW.builder().useEma(true).build();
    step(optimizer, w);
    step(optimizer, w);
    assertSame(optimizer.variables().get(2).values(), optimizer.evaluationValues(w));
  }

  @Test
  void wrappersAskTheOptimizerOfTheVariable() {
    Variable other = variable("other");
    SGD averaging = averaging();
    MultiOptimizer multi =
        MultiOptimizer.builder(
                OptimizerMap.builder(SGD.builder().build()).put("^w$", averaging).build())
            .build();
    LossScaleOptimizer scaled = LossScaleOptimizer.builder(multi).initialScale(1).build();
    step(scaled, w, other);
    step(scaled, w, other);
    assertTrue(scaled.hasEvaluationValues());
    assertSame(other.values(), scaled.evaluationValues(other));
    assertSame(averaging.evaluationValues(w), scaled.evaluationValues(w));
    assertFalse(w.values()[0] == scaled.evaluationValues(w)[0]);
  }

  @Test
  void aVariableOfOthersIsRefused() {
    SGD optimizer = averaging();
    step(optimizer, w);
    assertThrows(
        IllegalArgumentException.class, () -> optimizer.evaluationValues(variable("other")));
  }
}
