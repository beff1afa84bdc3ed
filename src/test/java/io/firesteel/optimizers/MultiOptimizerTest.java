package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class MultiOptimizerTest {

  private final Variable kernel = variable("dense/kernel");
  private final Variable bias = variable("dense/bias");
  private final SGD slow = SGD.builder().learningRate(0.25).name("slow").build();
  private final SGD fast = SGD.builder().learningRate(1).momentum(0.5).name("fast").build();

  private static Variable variable(String path) {
    return Variable.of(path.replaceAll(".*/", ""), path, Shape.of(1), new float[] {1});
  }

  private static GradAndVar pair(Variable variable, float gradient) {
    return new GradAndVar(Tensor.of(gradient), variable);
  }

  private MultiOptimizer multi() {
    return MultiOptimizer.builder(OptimizerMap.builder(slow).put(".*bias", fast).build()).build();
  }

  private static String refusal(Class<? extends Exception> type, Executable executable) {
    return assertThrows(type, executable).getMessage();
  }

  @Test
  void eachVariableIsUpdatedByItsOptimizer() {
    MultiOptimizer optimizer = multi();
    for (int step = 0; step < 2; step++) {
      optimizer.applyGradients(List.of(pair(kernel, 1), pair(bias, 1)));
    }

    assertEquals(0.5, kernel.values()[0]);
    assertEquals(1 - 1 - 1.5, bias.values()[0]);
    assertEquals(2, optimizer.iterations());
    assertEquals(2, slow.iterations());
    assertEquals(2, fast.iterations());
  }

  @Test
  void theStateOfTheDefaultComesLast() {
    MultiOptimizer optimizer = multi();
    optimizer.build(List.of(kernel, bias));
    optimizer.build(List.of(kernel));
    assertEquals(List.of(fast, slow), optimizer.optimizers());
    assertEquals(
        List.of(
            "multi_optimizer/iteration",
            "multi_optimizer/learning_rate",
            "fast/iteration",
            "fast/learning_rate",
            "fast/dense_bias_momentum",
            "slow/iteration",
            "slow/learning_rate"),
        optimizer.variables().stream().map(Variable::path).toList());
  }

  @Test
  void aRestoredStateContinuesToTheBit() {
    MultiOptimizer optimizer = multi();
    optimizer.applyGradients(List.of(pair(kernel, 1), pair(bias, 3)));
    Variable otherKernel = kernel.copy();
    Variable otherBias = bias.copy();
    Optimizer other = Optimizers.deserialize(Optimizers.serialize(optimizer));
    other.build(List.of(otherKernel, otherBias));
    other.loadVariables(optimizer.variables().stream().map(Variable::copy).toList());
    optimizer.applyGradients(List.of(pair(kernel, 1), pair(bias, 1)));
    other.applyGradients(List.of(pair(otherKernel, 1), pair(otherBias, 1)));
    assertEquals(kernel.values()[0], otherKernel.values()[0]);
    assertEquals(bias.values()[0], otherBias.values()[0]);
    assertEquals(2, other.iterations());
  }

  @Test
  void anOptimizerWithoutVariablesStaysUnbuilt() {
    MultiOptimizer optimizer = multi();
    optimizer.applyGradients(List.of(pair(kernel, 1)));
    assertFalse(fast.isBuilt());
    assertEquals(6, optimizer.variables().size());
    optimizer.loadVariables(optimizer.variables().stream().map(Variable::copy).toList());
  }

  @Test
  void theLossScaleReplacesThatOfTheOthers() {
    SGD inner = SGD.builder().learningRate(0.5).lossScaleFactor(2).build();
    Function<Variable, BaseOptimizer> selector = variable -> inner;
    MultiOptimizer optimizer = MultiOptimizer.builder(selector).lossScaleFactor(4).build();
    optimizer.applyGradients(List.of(pair(kernel, 4)));
    assertEquals(0.5, kernel.values()[0]);
    assertEquals(4, optimizer.lossScale());
    assertEquals(4, inner.lossScale());
    assertEquals(1, multi().lossScale());
    SGD unscaled = SGD.builder().lossScaleFactor(2).build();
    MultiOptimizer.builder(OptimizerMap.builder(unscaled).build()).build();
    assertEquals(1, unscaled.lossScale());
  }

  @Test
  void averagesAreFinalizedByEachOptimizer() {
    SGD averaging = SGD.builder().learningRate(1).useEma(true).emaMomentum(0.5).build();
    MultiOptimizer optimizer =
        MultiOptimizer.builder(OptimizerMap.builder(slow).put(".*bias", averaging).build()).build();
    for (int step = 0; step < 2; step++) {
      optimizer.applyGradients(List.of(pair(kernel, 1), pair(bias, 1)));
    }

    optimizer.finalizeVariableValues(List.of(bias, kernel));
    assertEquals(-0.5, bias.values()[0]);
    assertEquals(0.5, kernel.values()[0]);
  }

  @Test
  void stepsThatOneOptimizerWouldRefuseChangeNothing() {
    MultiOptimizer optimizer = multi();
    optimizer.build(List.of(kernel, bias));
    assertEquals(
        List.of(
            "multi_optimizer takes one gradient for each of its 2 variables. Received: 1",
            "multi_optimizer needs a gradient for a variable of each inner optimizer. Received none for: [dense/bias]",
            "The gradient of dense/bias must have its shape (1,). Received: (2,)"),
        List.of(
                List.of(pair(kernel, 1)),
                List.of(pair(kernel, 1), new GradAndVar(null, bias)),
                List.of(pair(kernel, 1), new GradAndVar(Tensor.of(1, 2), bias)))
            .stream()
            .map(
                pairs ->
                    refusal(IllegalArgumentException.class, () -> optimizer.applyGradients(pairs)))
            .toList());
    assertEquals(1, kernel.values()[0]);
    assertEquals(0, optimizer.iterations());
    optimizer.applyGradients(List.of());
    assertEquals(0, optimizer.iterations());
  }

  @Test
  void thereIsNoCommonLearningRate() {
    MultiOptimizer optimizer = MultiOptimizer.builder(v -> slow).name("both").build();
    String message =
        "both has no learning rate of its own. Those of its optimizers() can be read and set";
    assertFalse(optimizer.hasLearningRate());
    assertFalse(LossScaleOptimizer.builder(optimizer).build().hasLearningRate());
    assertTrue(slow.hasLearningRate());
    assertEquals(message, refusal(IllegalStateException.class, optimizer::learningRate));
    assertEquals(message, refusal(IllegalStateException.class, () -> optimizer.setLearningRate(1)));
  }

  @Test
  void misuseIsRefused() {
    MultiOptimizer unselected = MultiOptimizer.builder(v -> null).build();
    assertEquals(
        "MultiOptimizer: the function must name an optimizer for each variable. Received null for: dense/bias",
        refusal(IllegalArgumentException.class, () -> unselected.build(List.of(bias))));
    assertEquals(
        "multi_optimizer is not built. Call build with the model's trainable variables first",
        refusal(
            IllegalStateException.class, () -> multi().finalizeVariableValues(List.of(kernel))));
    assertEquals(
        "MultiOptimizer: 'loss_scale_factor' must be finite and > 0. Received: 0.0",
        refusal(
            IllegalArgumentException.class,
            () -> MultiOptimizer.builder(v -> slow).lossScaleFactor(0).build()));
  }

  @Test
  void functionsAreMarkedAndNotRebuilt() {
    Config config = MultiOptimizer.builder(v -> slow).build().getConfig();
    assertEquals("function", config.reader("").config("optimizer_map").get("class_name"));
    String message =
        refusal(IllegalArgumentException.class, () -> MultiOptimizer.fromConfig(config));
    assertEquals(
        "MultiOptimizer: 'optimizer_map' must be a serialized OptimizerMap (a function cannot be rebuilt). Received: "
            + config.get("optimizer_map"),
        message);
  }

  @Test
  void exactKeysWinOverPatternsAndPatternsMatchTheWholePath() {
    OptimizerMap map =
        OptimizerMap.builder(slow)
            .put("dense/.*", fast)
            .put("dense/bias", slow)
            .put("bias", fast)
            .build();
    assertSame(fast, map.optimizer(kernel));
    assertSame(slow, map.optimizer(bias));
    assertSame(slow, map.optimizer(variable("other/bias")));
  }

  @Test
  void keysAreChecked() {
    OptimizerMap.Builder builder = OptimizerMap.builder(slow).put("dense/.*", fast);
    assertEquals(
        "OptimizerMap: each key must be there once. Received twice: 'dense/.*'",
        refusal(IllegalArgumentException.class, () -> builder.put("dense/.*", slow)));
    assertEquals(
        "OptimizerMap: a key must be a regular expression. Received: '('",
        refusal(IllegalArgumentException.class, () -> builder.put("(", slow)));
    OptimizerMap map = builder.put(".*/kernel", slow).build();
    assertEquals(
        "OptimizerMap: at most one key may match the variable dense/kernel. Received: [dense/.*, .*/kernel]",
        refusal(IllegalArgumentException.class, () -> map.optimizer(kernel)));
  }

  @Test
  void wrappersAreRefusedInMaps() {
    Config scaled = Optimizers.serialize(LossScaleOptimizer.builder(slow).build());
    Config config =
        Config.builder()
            .put("default_optimizer", scaled)
            .put("optimizer_map", Config.empty())
            .build();
    assertEquals(
        "OptimizerMap: the optimizers must not be wrappers of others. Received: LossScaleOptimizer",
        refusal(IllegalArgumentException.class, () -> OptimizerMap.fromConfig(config)));
  }
}
