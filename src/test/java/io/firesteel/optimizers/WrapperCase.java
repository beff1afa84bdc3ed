package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.saving.Config;
import io.firesteel.variables.Variable;
import java.util.List;

/** The cases of Keras's own tests with optimizers inside others. */
final class WrapperCase {

  private WrapperCase() {}

  static void replay(JsonNode node) {
    switch (node.get("kind").asText()) {
      case "loss_scale" -> lossScale(node);
      case "loss_scale_multi" -> lossScaleOfMulti(node);
      case "multi" -> multi(node);
      case "multi_scale_loss" -> multiScaleLoss(node);
      default -> throw new AssertionError("Unknown kind: " + node);
    }
  }

  private static BaseOptimizer base(JsonNode node) {
    return (BaseOptimizer) KerasCase.optimizer(node);
  }

  private static void lossScale(JsonNode node) {
    Config config =
        Config.parse(node.get("config").toString())
            .with("inner_optimizer", Optimizers.serialize(base(node.get("inner"))));
    LossScaleOptimizer optimizer = LossScaleOptimizer.fromConfig(config);
    for (JsonNode variable : node.get("variables")) {
      ((ObjectNode) variable).put("overwrite_with_gradient", node.path("overwrite").asBoolean());
    }

    List<Variable> variables = KerasCase.variables(node);
    int step = 0;
    for (JsonNode gradients : node.get("gradients_per_step")) {
      optimizer.applyGradients(KerasCase.pairs(gradients, variables));
      JsonNode iterations = node.path("iterations_after_each").path(step++);
      assertEquals(
          iterations.asLong(optimizer.iterations()), optimizer.iterations(), "step " + step);
    }

    checkVariables(node, node.get("expected_variables"), variables);
    checkScale(node, optimizer);
  }

  private static void checkVariables(JsonNode node, JsonNode expected, List<Variable> variables) {
    for (int v = 0; v < expected.size(); v++) {
      if (!expected.get(v).isNull()) {
        KerasCase.assertClose(node, expected.get(v), variables.get(v));
      }
    }
  }

  private static void checkScale(JsonNode node, Optimizer optimizer) {
    JsonNode scale = node.path("scale_loss");
    if (scale.isObject()) {
      assertEquals(
          scale.get("expected").asDouble(), optimizer.lossScale() * scale.get("input").asDouble());
    }
  }

  private static void lossScaleOfMulti(JsonNode node) {
    OptimizerMap map =
        OptimizerMap.builder(SGD.builder().learningRate(0.1).build())
            .put("dense_1/.*", SGD.builder().learningRate(0.1).build())
            .build();
    LossScaleOptimizer optimizer =
        LossScaleOptimizer.builder(MultiOptimizer.builder(map).build())
            .initialScale(node.get("initial_scale").asDouble())
            .build();
    List<Variable> variables = KerasCase.variables(node);
    optimizer.applyGradients(KerasCase.pairs(node.get("gradients"), variables));
    checkVariables(node, node.get("expected_variables"), variables);
    checkScale(node, optimizer);
  }

  private static void multi(JsonNode node) {
    MultiOptimizer optimizer = multiOptimizer(node);
    List<Variable> variables = KerasCase.variables(node);
    for (JsonNode step : node.get("steps")) {
      optimizer.applyGradients(KerasCase.pairs(step.get("gradients"), variables));
      checkVariables(node, step.get("expected_variables"), variables);
    }

    JsonNode iterations = node.path("expected_iterations");
    if (iterations.isObject()) {
      assertEquals(iterations.get("multi").asLong(), optimizer.iterations());
      for (BaseOptimizer inner : optimizer.optimizers()) {
        assertEquals(iterations.get("each_sub").asLong(), inner.iterations());
      }
    }
  }

  private static MultiOptimizer multiOptimizer(JsonNode node) {
    if (node.has("callable")) {
      return MultiOptimizer.builder(
              variable ->
                  variable.path().contains("dense_1")
                      ? Adam.builder().build()
                      : SGD.builder().learningRate(0.01).build())
          .build();
    }

    BaseOptimizer byDefault = base(node.get("default"));
    OptimizerMap.Builder map = OptimizerMap.builder(byDefault);
    node.get("map")
        .properties()
        .forEach(
            entry ->
                map.put(
                    entry.getKey(),
                    entry.getValue().isObject() ? base(entry.getValue()) : byDefault));
    MultiOptimizer.Builder builder = MultiOptimizer.builder(map.build());
    if (node.has("loss_scale_factor")) {
      builder.lossScaleFactor(node.get("loss_scale_factor").asDouble());
    }

    return builder.build();
  }

  private static void multiScaleLoss(JsonNode node) {
    OptimizerMap map =
        OptimizerMap.builder(SGD.builder().lossScaleFactor(3).build())
            .put("dense_1/.*", SGD.builder().lossScaleFactor(4).build())
            .build();
    MultiOptimizer optimizer =
        MultiOptimizer.builder(map)
            .lossScaleFactor(node.get("loss_scale_factor").asDouble())
            .build();
    assertEquals(
        node.get("expected").asDouble(), optimizer.lossScale() * node.get("loss").asDouble());
  }
}
