package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.testing.CapturedLog;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NonFiniteGradientsTest {

  /** Everything that a step may change, in one place. */
  private static final Config ALL =
      Config.parse(
          """
          {"learning_rate": 0.1, "weight_decay": 0.01, "use_ema": true,
           "ema_overwrite_frequency": 2, "loss_scale_factor": 8, "gradient_accumulation_steps": 2}
          """);

  private final Variable kernel =
      Variable.of("kernel", "dense/kernel", Shape.of(2, 2), new float[] {1, 2, 3, 4});
  private final Variable bias =
      Variable.builder("bias", "dense/bias", Shape.of(2))
          .overwriteWithGradient(true)
          .build(new float[2]);

  static List<String> names() {
    return OptimizerVariant.names();
  }

  private List<GradAndVar> step(float third, float last) {
    return List.of(
        new GradAndVar(Tensor.wrap(Shape.of(2, 2), new float[] {1, -2, third, 1}), kernel),
        new GradAndVar(Tensor.of(5, last), bias));
  }

  private List<int[]> bits(Optimizer optimizer) {
    List<int[]> bits = new ArrayList<>();
    Stream.of(List.of(kernel, bias), optimizer.variables())
        .flatMap(List::stream)
        .forEach(v -> bits.add(v.isInteger() ? new int[] {(int) v.integer()} : toBits(v.values())));
    return bits;
  }

  private static int[] toBits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  private static Optimizer optimizer(String name, String policy) {
    return new OptimizerVariant(name, ALL).with(NonFiniteGradients.KEY, policy);
  }

  private static SGD.Builder sgd() {
    return SGD.builder().learningRate(1);
  }

  @ParameterizedTest
  @MethodSource("names")
  void skippedAndRefusedStepsChangeNothing(String name) {
    for (String policy : List.of("skip", "fail")) {
      Optimizer optimizer = optimizer(name, policy);
      for (int call = 0; call < 5; call++) {
        optimizer.applyGradients(step(call, call));
        List<int[]> before = bits(optimizer);
        for (List<GradAndVar> bad : List.of(step(Float.NaN, 1), step(1, Float.NEGATIVE_INFINITY))) {
          if (policy.equals("skip")) {
            optimizer.applyGradients(bad);
          } else {
            assertThrows(ArithmeticException.class, () -> optimizer.applyGradients(bad));
          }
        }

        assertArrayEquals(before.toArray(), bits(optimizer).toArray());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void aSkippedStepLeavesNoTraceInLaterOnes(String name) {
    Optimizer skipping = optimizer(name, "skip");
    skipping.applyGradients(step(3, 1));
    skipping.applyGradients(step(Float.POSITIVE_INFINITY, 1));
    Optimizer resumed = Optimizers.deserialize(Optimizers.serialize(skipping));
    resumed.build(List.of(kernel, bias));
    resumed.loadVariables(skipping.variables());
    resumed.applyGradients(step(Float.NaN, 1));
    resumed.applyGradients(step(-1, 2));
    resumed.applyGradients(step(2, 3));
    List<int[]> seen = bits(resumed);

    kernel.assign(new float[] {1, 2, 3, 4});
    bias.assign(new float[2]);
    Optimizer plain = new OptimizerVariant(name, ALL).optimizer();
    plain.applyGradients(step(3, 1));
    plain.applyGradients(step(-1, 2));
    plain.applyGradients(step(2, 3));
    assertArrayEquals(bits(plain).toArray(), seen.toArray());
  }

  @Test
  void failingNamesVariableStepAndValue() {
    SGD optimizer = sgd().nonFiniteGradients(NonFiniteGradients.FAIL).name("mine").build();
    optimizer.applyGradients(step(1, 1));
    optimizer.applyGradients(step(1, 1));
    List<GradAndVar> bad = step(1, Float.NaN);
    assertEquals(
        "mine: the gradient of dense/bias must be finite. Received in step 2, element 1: NaN. The"
            + " step is refused, as nonFiniteGradients is FAIL; it can be SKIP or PROPAGATE",
        assertThrows(ArithmeticException.class, () -> optimizer.applyGradients(bad)).getMessage());
    assertArrayEquals(new float[] {5, Float.NaN}, bad.get(1).gradient().values());
  }

  @Test
  void skippingWarnsOfVariableAndStep() {
    try (CapturedLog log = CapturedLog.of(NonFiniteGradients.class)) {
      SGD optimizer = sgd().nonFiniteGradients(NonFiniteGradients.SKIP).build();
      optimizer.applyGradients(step(1, 1));
      assertEquals("", log.text());
      optimizer.applyGradients(step(Float.NEGATIVE_INFINITY, 1));
      assertEquals(
          "sgd: the gradient of dense/kernel must be finite. Received in step 1, element 2:"
              + " -Infinity. The step is skipped",
          log.text());
      assertEquals(1, optimizer.iterations());
    }
  }

  @Test
  void propagatingIsTheDefaultAndSaysNothing() {
    try (CapturedLog log = CapturedLog.of(NonFiniteGradients.class)) {
      SGD optimizer = sgd().build();
      optimizer.applyGradients(step(Float.NaN, 1));
      assertTrue(Float.isNaN(kernel.values()[2]));
      assertEquals(0, kernel.values()[0]);
      assertEquals(1, optimizer.iterations());
      assertEquals("", log.text());
    }
  }

  @Test
  void variablesWithoutAGradientDontCount() {
    SGD optimizer = sgd().nonFiniteGradients(NonFiniteGradients.FAIL).build();
    optimizer.applyGradients(List.of(new GradAndVar(null, bias), step(1, 1).get(0)));
    assertEquals(1, optimizer.iterations());
  }

  @ParameterizedTest
  @MethodSource("names")
  void theConfigNamesThePolicyUnlessItIsTheDefault(String name) {
    for (String policy : List.of("skip", "fail")) {
      Config config = Optimizers.serialize(optimizer(name, policy));
      assertEquals(policy, Optimizers.deserialize(config).getConfig().get("non_finite_gradients"));
    }

    assertFalse(optimizer(name, "propagate").getConfig().has("non_finite_gradients"));
  }

  @Test
  void otherPoliciesAreRefused() {
    for (Object value : new Object[] {"SKIP", 1, null}) {
      assertEquals(
          "SGD: 'non_finite_gradients' must be one of [propagate, skip, fail]. Received: " + value,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> SGD.fromConfig(ALL.with("non_finite_gradients", value)))
              .getMessage());
    }
  }

  @Test
  void withALossScaleOptimizerTheScaleIsHalvedInstead() {
    LossScaleOptimizer optimizer =
        LossScaleOptimizer.builder(sgd().nonFiniteGradients(NonFiniteGradients.FAIL).build())
            .initialScale(8)
            .build();
    optimizer.applyGradients(step(Float.NaN, 1));
    assertEquals(4, optimizer.lossScale());
    assertEquals(0, optimizer.iterations());
  }

  @Test
  void inAMultiOptimizerEachGoesByItsOwnPolicyButAFailureStopsAll() {
    SGD skipping = sgd().nonFiniteGradients(NonFiniteGradients.SKIP).build();
    SGD failing = sgd().nonFiniteGradients(NonFiniteGradients.FAIL).build();
    MultiOptimizer optimizer =
        MultiOptimizer.builder(OptimizerMap.builder(failing).put("dense/kernel", skipping).build())
            .build();
    optimizer.applyGradients(step(Float.NaN, 7));
    assertEquals(3, kernel.values()[2]);
    assertEquals(7, bias.values()[1]);
    assertEquals(List.of(0L, 1L), List.of(skipping.iterations(), failing.iterations()));
    assertThrows(
        ArithmeticException.class,
        () -> optimizer.applyGradients(step(1, Float.POSITIVE_INFINITY)));
    assertEquals(3, kernel.values()[2]);
    assertEquals(List.of(0L, 1L), List.of(skipping.iterations(), failing.iterations()));
  }
}
