package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every registered optimizer, in every variant of its config. */
class OptimizerConformanceTest {

  static Stream<String> names() {
    return OptimizerVariant.names().stream();
  }

  static Stream<OptimizerVariant> variants() {
    return OptimizerVariant.all().stream();
  }

  private static List<Variable> variables() {
    return List.of(
        Variable.of("kernel", "a/kernel", Shape.of(2, 3), new float[] {1, -2, 3, 0.5f, 0, -1}),
        Variable.of("bias", "a/bias", Shape.of(3), new float[] {0.1f, 0, -0.7f}),
        Variable.of("scale", "scale", Shape.scalar(), new float[] {2}));
  }

  private static List<GradAndVar> gradients(List<Variable> variables, long seed) {
    Random random = new Random(seed);
    List<GradAndVar> pairs = new ArrayList<>();
    for (Variable variable : variables) {
      Tensor gradient = Tensor.zeros(variable.shape());
      for (int i = 0; i < gradient.values().length; i++) {
        gradient.values()[i] = (float) random.nextGaussian();
      }

      pairs.add(new GradAndVar(gradient, variable));
    }

    return pairs;
  }

  private static float[][] values(List<Variable> variables) {
    return variables.stream()
        .map(v -> v.isInteger() ? new float[] {v.integer()} : v.values().clone())
        .toArray(float[][]::new);
  }

  private static List<Variable> copies(List<Variable> variables) {
    return variables.stream()
        .map(
            v ->
                v.isInteger()
                    ? Variable.integer(v.name(), v.path(), v.integer())
                    : Variable.of(v.name(), v.path(), v.shape(), v.values().clone()))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aRestoredStateContinuesToTheBit(OptimizerVariant variant) {
    List<Variable> variables = variables();
    Optimizer optimizer = variant.optimizer();
    for (int step = 0; step < 5; step++) {
      optimizer.applyGradients(gradients(variables, step));
    }

    List<Variable> otherVariables = copies(variables);
    Optimizer other = Optimizers.deserialize(Optimizers.serialize(optimizer));
    other.build(otherVariables);
    other.loadVariables(copies(optimizer.variables()));
    for (int step = 5; step < 12; step++) {
      optimizer.applyGradients(gradients(variables, step));
      other.applyGradients(gradients(otherVariables, step));
    }

    assertArrayEquals(values(variables), values(otherVariables));
    assertArrayEquals(values(optimizer.variables()), values(other.variables()));
    optimizer.finalizeVariableValues(variables);
    other.finalizeVariableValues(otherVariables);
    assertArrayEquals(values(variables), values(otherVariables));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void theConfigComesBack(OptimizerVariant variant) {
    Config serialized = Optimizers.serialize(variant.optimizer());
    Optimizer rebuilt = Optimizers.deserialize(Config.parse(serialized.toJson()));
    assertEquals(serialized.toJson(), Optimizers.serialize(rebuilt).toJson());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void aRateOfZeroMovesNothing(OptimizerVariant variant) {
    List<Variable> variables = variables();
    float[][] before = values(variables);
    Optimizer optimizer = variant.with("learning_rate", 0.0);
    for (int step = 0; step < 6; step++) {
      optimizer.applyGradients(gradients(variables, step));
    }

    boolean rounds =
        variant.config().has("use_ema") || variant.className().equals("ScheduleFreeAdamW");
    float[][] after = values(variables);
    for (int v = 0; v < before.length; v++) {
      assertArrayEquals(before[v], after[v], rounds ? 1e-6f : 0);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void theStateIsOrderedAsInKeras(OptimizerVariant variant) {
    Optimizer optimizer = variant.optimizer();
    List<Variable> variables = variables();
    optimizer.build(variables);
    List<String> names = optimizer.variables().stream().map(Variable::name).toList();
    int next = 0;
    assertEquals("iteration", names.get(next++));
    if (!variant.config().get("learning_rate").equals(OptimizerVariant.SCHEDULE)) {
      assertEquals("learning_rate", names.get(next++));
    }

    for (String[] group :
        new String[][] {
          {"use_ema", "_average"}, {"gradient_accumulation_steps", "_gradient_accumulator"}
        }) {
      for (int i = 0; i < variables.size() && variant.config().has(group[0]); i++) {
        assertEquals(variables.get(i).path().replace('/', '_') + group[1], names.get(next++));
      }
    }

    for (Variable variable : optimizer.variables()) {
      assertEquals(optimizer.name() + "/" + variable.name(), variable.path());
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void buildingTwiceChangesNothing(String name) {
    Optimizer optimizer = Optimizers.get(name);
    List<Variable> variables = variables();
    optimizer.build(variables);
    List<Variable> state = List.copyOf(optimizer.variables());
    optimizer.build(variables);
    assertEquals(state, optimizer.variables());
    optimizer.applyGradients(gradients(variables, 1));
    assertEquals(state, optimizer.variables());
  }

  @ParameterizedTest
  @MethodSource("names")
  void noPairsChangeNothing(String name) {
    Optimizer optimizer = Optimizers.get(name);
    optimizer.applyGradients(List.of());
    assertEquals(0, optimizer.iterations());
    assertFalse(optimizer.isBuilt());
  }

  @ParameterizedTest
  @MethodSource("names")
  void aVariableWithoutAGradientStays(String name) {
    List<Variable> variables = variables();
    float[] before = variables.get(1).values().clone();
    Optimizer optimizer = Optimizers.get(name);
    List<GradAndVar> pairs = gradients(variables, 1);
    pairs.set(1, new GradAndVar(null, variables.get(1)));
    optimizer.applyGradients(pairs);
    assertArrayEquals(before, variables.get(1).values());
    assertNotEquals(1, variables.get(0).values()[0]);
    assertEquals(1, optimizer.iterations());
  }

  @ParameterizedTest
  @MethodSource("names")
  void withoutAnyGradientNothingHappens(String name) {
    List<Variable> variables = variables();
    float[][] before = values(variables);
    Optimizer optimizer = Optimizers.get(name);
    List<GradAndVar> none = variables.stream().map(v -> new GradAndVar(null, v)).toList();
    assertEquals(
        "At least one variable needs a gradient. Received none for: [a/kernel, a/bias, scale]",
        assertThrows(IllegalArgumentException.class, () -> optimizer.applyGradients(none))
            .getMessage());
    assertEquals(0, optimizer.iterations());
    assertArrayEquals(before, values(variables));
  }

  @ParameterizedTest
  @MethodSource("names")
  void atMostOneClippingIsAllowed(String name) {
    Config config = Config.parse("{\"clipnorm\":1.0,\"clipvalue\":0.5}");
    assertEquals(
        name
            + ": at most one of 'clipnorm', 'clipvalue' and 'global_clipnorm' may be set. Received: clipnorm=1.0, clipvalue=0.5, global_clipnorm=null",
        assertThrows(
                IllegalArgumentException.class,
                () -> new OptimizerVariant(name, config).optimizer())
            .getMessage());
  }

  @ParameterizedTest
  @MethodSource("names")
  void accumulatingIsTakingTheMean(String name) {
    List<Variable> accumulated = variables();
    List<Variable> averaged = variables();
    Config config = Config.parse("{\"learning_rate\":0.01,\"weight_decay\":0.05}");
    Optimizer micro = new OptimizerVariant(name, config).with("gradient_accumulation_steps", 4);
    Optimizer reference = new OptimizerVariant(name, config).optimizer();
    for (int step = 0; step < 8; step++) {
      List<GradAndVar> mean = gradients(averaged, step);
      mean.forEach(pair -> Arrays.fill(pair.gradient().values(), 0));
      for (int k = 0; k < 4; k++) {
        float[][] before = values(accumulated);
        micro.applyGradients(gradients(accumulated, 4L * step + k));
        if (k < 3) {
          assertArrayEquals(before, values(accumulated));
        }

        List<GradAndVar> part = gradients(averaged, 4L * step + k);
        for (int v = 0; v < mean.size(); v++) {
          float[] sum = mean.get(v).gradient().values();
          for (int i = 0; i < sum.length; i++) {
            sum[i] += part.get(v).gradient().values()[i] / 4;
          }
        }
      }

      reference.applyGradients(mean);
      assertEquals(step + 1, micro.iterations());
      for (int v = 0; v < mean.size(); v++) {
        assertArrayEquals(averaged.get(v).values(), accumulated.get(v).values(), 1e-5f);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void theAverageFollowsItsDefinition(String name) {
    List<Variable> variables = variables();
    Config config = Config.parse("{\"learning_rate\":0.1,\"use_ema\":true,\"ema_momentum\":0.75}");
    Optimizer optimizer = new OptimizerVariant(name, config).optimizer();
    double average = 0;
    for (int step = 0; step < 6; step++) {
      optimizer.applyGradients(gradients(variables, step));
      float w = variables.get(0).values()[2];
      average = step == 0 ? w : 0.75 * average + 0.25 * w;
    }

    Variable slot =
        optimizer.variables().stream()
            .filter(v -> v.name().equals("a_kernel_average"))
            .findAny()
            .orElseThrow();
    assertEquals(average, slot.values()[2], 1e-5);
    optimizer.finalizeVariableValues(variables);
    assertArrayEquals(slot.values(), variables.get(0).values());
  }

  /** StrictMath.pow makes some small arrays; nothing may grow with the model or the steps. */
  @ParameterizedTest
  @MethodSource("variants")
  void aStepAllocatesNextToNothing(OptimizerVariant variant) {
    List<Variable> variables = variables();
    Optimizer optimizer = variant.optimizer();
    List<GradAndVar> pairs = gradients(variables, 1);
    for (int step = 0; step < 3000; step++) {
      optimizer.applyGradients(pairs);
    }

    var threads =
        (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int step = 0; step < 1000; step++) {
      optimizer.applyGradients(pairs);
    }

    long perStep = (threads.getCurrentThreadAllocatedBytes() - before) / 1000;
    assertTrue(perStep < 1024, perStep + " bytes a step");
  }

  @ParameterizedTest
  @MethodSource("names")
  void configsHaveKerassKeysInKerassOrder(String name) {
    assertEquals(
        List.of(
            "name",
            "learning_rate",
            "weight_decay",
            "clipnorm",
            "global_clipnorm",
            "clipvalue",
            "use_ema",
            "ema_momentum",
            "ema_overwrite_frequency",
            "loss_scale_factor",
            "gradient_accumulation_steps"),
        Optimizers.get(name).getConfig().keys().stream().limit(11).toList());
  }

  /** Variable by variable, in any order; a step that was begun and given up leaves no trace. */
  @ParameterizedTest
  @MethodSource("variants")
  void aStepInPartsHasTheBitsOfAWholeOne(OptimizerVariant variant) {
    List<Variable> variables = variables();
    Optimizer optimizer = variant.optimizer();
    assertFalse(optimizer.beginParts(), "not built");
    optimizer.build(variables);
    List<Variable> others = copies(variables);
    Optimizer whole = variant.optimizer();
    boolean isWhole =
        Set.of("Adafactor", "Lamb", "Muon").contains(variant.className())
            || variant.config().has("global_clipnorm")
            || variant.config().has("use_ema");
    assertEquals(!isWhole, optimizer.beginParts());
    if (isWhole) {
      List<GradAndVar> gradients = gradients(variables, 1);
      assertThrows(IllegalStateException.class, () -> optimizer.applyPart(gradients));
      assertThrows(IllegalStateException.class, optimizer::endParts);
      return;
    }

    for (int step = 0; step < 20; step++) {
      List<GradAndVar> gradients = gradients(variables, step);
      Collections.shuffle(gradients, new Random(step));
      assertTrue(optimizer.beginParts());
      for (int first = 0, end; first < gradients.size(); first = end) {
        end = Math.min(gradients.size(), first + 1 + (step + first) % 3);
        optimizer.applyPart(gradients.subList(first, end));
      }

      optimizer.endParts();
      whole.applyGradients(gradients(others, step));
      assertArrayEquals(values(others), values(variables));
      assertArrayEquals(values(whole.variables()), values(optimizer.variables()));
    }

    whole.applyGradients(gradients(others, 20));
    optimizer.applyGradients(gradients(variables, 20));
    assertArrayEquals(values(others), values(variables));
  }

  /** Whoever changes what a step does gets whole steps. */
  @Test
  void ownStepsAreWhole() {
    Adam own =
        Optimizers.builder(
                Adam.class,
                arguments ->
                    new Adam(arguments) {
                      @Override
                      public void applyGradients(List<GradAndVar> gradsAndVars) {
                        super.applyGradients(gradsAndVars.subList(0, 1));
                      }
                    })
            .build();
    own.build(variables());
    assertFalse(own.beginParts());
    Optimizer wrapped = LossScaleOptimizer.builder(SGD.builder().build()).build();
    wrapped.build(variables());
    assertFalse(wrapped.beginParts());
    assertThrows(UnsupportedOperationException.class, wrapped::endParts);
  }
}
