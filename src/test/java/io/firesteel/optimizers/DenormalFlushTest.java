package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers that decay become zero before they are denormal. */
class DenormalFlushTest {

  private static boolean isDenormal(float x) {
    return x != 0 && Math.abs(x) < Float.MIN_NORMAL;
  }

  private static void step(Optimizer optimizer, Variable variable, float gradient) {
    Tensor values = Tensor.of(gradient, -gradient, 2 * gradient);
    optimizer.applyGradients(List.of(new GradAndVar(values, variable)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"RMSprop", "Adam", "Adadelta", "Adamax", "Nadam", "Lion", "Lamb", "SGD", "Muon"})
  void noSlotIsEverDenormal(String name) {
    Optimizer optimizer =
        Optimizers.get(
            name.equals("SGD")
                ? "{\"class_name\": \"SGD\", \"config\": {\"momentum\": 0.9}}"
                : name);
    Variable variable = Variable.of("w", "w", Shape.of(3), new float[] {1, 2, 3});
    step(optimizer, variable, 0.1f);
    for (int i = 0; i < 12_000; i++) {
      step(optimizer, variable, 0);
      for (Variable slot : optimizer.variables()) {
        boolean denormal = !slot.isInteger() && slot.shape().rank() > 0;
        for (int j = 0; denormal && j < 3; j++) {
          assertFalse(isDenormal(slot.values()[j]), slot + " after " + i + " steps");
        }
      }
    }
  }

  @Test
  void squaresAreExactFromSmallMagnitudesOnAndZeroBelow() {
    for (float x = 0x1p-45f; x < 1e15f; x *= 1.7f) {
      assertEquals(x * x, FloatOps.square(x));
      assertEquals(x * x, FloatOps.square(-x));
    }

    for (float x : new float[] {0, -0f, 1e-20f, -1e-30f, Float.MIN_VALUE, 0x1p-58f}) {
      assertEquals(0f, FloatOps.square(x));
    }

    assertEquals(Float.NaN, FloatOps.square(Float.NaN));
    assertEquals(Float.POSITIVE_INFINITY, FloatOps.square(Float.NEGATIVE_INFINITY));
  }

  @Test
  void numbersBelowTheBoundVanish() {
    float[] x = {0x1p-110f, -0x1p-110f, 0x1p-111f, -1e-40f, Float.NaN, 1};
    FloatOps.flush(x, 0, x.length);
    assertEquals(
        List.of(0x1p-110f, -0x1p-110f, 0f, 0f, Float.NaN, 1f),
        List.of(x[0], x[1], x[2], x[3], x[4], x[5]));
  }
}
