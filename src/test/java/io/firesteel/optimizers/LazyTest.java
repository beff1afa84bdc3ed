package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LazyTest {

  private static final Shape SHAPE = Shape.of(3, 2);

  private static Variable variable() {
    return Variable.of("kernel", "kernel", SHAPE, new float[] {1, 2, 3, 4, 5, 6});
  }

  private static Optimizer optimizer(String name, String json) {
    return new OptimizerVariant(name, Config.parse(json)).optimizer();
  }

  private static void dense(Optimizer optimizer, Variable variable, float... gradient) {
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.wrap(SHAPE, gradient), variable)));
  }

  private static void sparse(Optimizer optimizer, Variable variable, int row, float... values) {
    RowSparse gradient = RowSparse.wrap(SHAPE, new int[] {row}, values);
    optimizer.applyGradients(List.of(new GradAndVar(gradient, variable)));
  }

  private static List<float[]> slots(Optimizer optimizer) {
    return optimizer.variables().stream()
        .filter(v -> v.shape().equals(SHAPE))
        .map(Variable::values)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"Adam", "AdamW", "Adamax", "Nadam"})
  void touchedRowsMoveAsDenseOnesDoAndTheOthersStay(String name) {
    Variable lazy = variable();
    Variable plain = variable();
    Optimizer optimizer = optimizer(name, "{\"lazy\":true,\"weight_decay\":0.1}");
    Optimizer reference = optimizer(name, "{\"weight_decay\":0.1}");
    dense(optimizer, lazy, 1, -1, 2, -2, 3, -3);
    dense(reference, plain, 1, -1, 2, -2, 3, -3);
    assertArrayEquals(plain.values(), lazy.values());
    List<float[]> before = slots(optimizer).stream().map(float[]::clone).toList();
    float[] weights = lazy.values().clone();
    sparse(optimizer, lazy, 1, 0.5f, 0.25f);
    sparse(reference, plain, 1, 0.5f, 0.25f);
    assertRow(1, plain.values(), lazy.values());
    assertRow(0, weights, lazy.values());
    assertRow(2, weights, lazy.values());
    assertFalse(Arrays.equals(weights, 0, 2, plain.values(), 0, 2));
    for (int s = 0; s < before.size(); s++) {
      assertRow(1, slots(reference).get(s), slots(optimizer).get(s));
      assertRow(0, before.get(s), slots(optimizer).get(s));
      assertRow(2, before.get(s), slots(optimizer).get(s));
    }
  }

  private static void assertRow(int row, float[] expected, float[] actual) {
    assertArrayEquals(
        Arrays.copyOfRange(expected, 2 * row, 2 * row + 2),
        Arrays.copyOfRange(actual, 2 * row, 2 * row + 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Adam", "AdamW", "Adamax", "Nadam"})
  void averagesAreOfAllRows(String name) {
    Variable variable = variable();
    Optimizer optimizer = optimizer(name, "{\"lazy\":true,\"use_ema\":true,\"ema_momentum\":0.5}");
    sparse(optimizer, variable, 1, 1, 1);
    assertArrayEquals(variable.values(), slots(optimizer).get(0));
    assertEquals(6, slots(optimizer).get(0)[5]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Adam", "AdamW", "Adamax", "Nadam"})
  void theConfigNamesItOnlyIfItIsSet(String name) {
    Optimizer lazy = optimizer(name, "{\"lazy\":true}");
    assertEquals(true, lazy.getConfig().get("lazy"));
    Config serialized = Optimizers.serialize(lazy);
    assertEquals(
        serialized.toJson(),
        Optimizers.serialize(Optimizers.deserialize(Config.parse(serialized.toJson()))).toJson());
    assertFalse(optimizer(name, "{\"lazy\":false}").getConfig().has("lazy"));
    assertFalse(Optimizers.get(name).getConfig().has("lazy"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"Adam", "AdamW", "Adamax", "Nadam"})
  void accumulationIsRefused(String name) {
    assertEquals(
        name
            + ": 'lazy' and 'gradient_accumulation_steps' cannot be set together, as means of"
            + " several steps touch all rows. Received: lazy=true, gradient_accumulation_steps=2",
        assertThrows(
                IllegalArgumentException.class,
                () -> optimizer(name, "{\"lazy\":true,\"gradient_accumulation_steps\":2}"))
            .getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Lamb", "SGD", "ScheduleFreeAdamW"})
  void otherOptimizersRefuseIt(String name) {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> optimizer(name, "{\"lazy\":true}"))
            .getMessage()
            .contains("lazy"));
  }

  @Test
  void theBuilderSetsIt() {
    assertTrue(VisitedRows.areTouchedOnesOnly(Adam.builder().lazy(true).amsgrad(true).build()));
    assertTrue(VisitedRows.areTouchedOnesOnly(AdamW.builder().lazy(true).build()));
    assertTrue(VisitedRows.areTouchedOnesOnly(Adamax.builder().lazy(true).build()));
    assertTrue(VisitedRows.areTouchedOnesOnly(Nadam.builder().lazy(true).build()));
    assertFalse(VisitedRows.areTouchedOnesOnly(Adam.builder().lazy(false).build()));
  }
}
