package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.List;

/** The cases of Keras's own tests that look into Muon. */
final class MuonCase {

  private MuonCase() {}

  static void replay(JsonNode node) {
    switch (node.get("kind").asText()) {
      case "newton_schulz" -> newtonSchulz(node);
      case "update_step" -> updateStep(node);
      case "apply_weight_decay" -> weightDecay(node);
      case "lr_adjust" -> adjust(node);
      case "routing" -> node.get("cases").forEach(MuonCase::route);
      default -> throw new AssertionError("Unknown kind: " + node);
    }
  }

  private static void newtonSchulz(JsonNode node) {
    float[] matrix = KerasCase.flat(node.get("input"));
    new NewtonSchulz(3.4445, -4.775, 2.0315, node.get("steps").asInt()).apply(matrix, 2, 2);
    KerasCase.assertClose(node, node.get("expected"), matrix);
  }

  private static void updateStep(JsonNode node) {
    List<Variable> variables = KerasCase.variables(node);
    Config config =
        Config.parse(node.get("config").toString())
            .with("learning_rate", node.get("learning_rate").asDouble())
            .with("weight_decay", null)
            .with("adam_weight_decay", null);
    Muon.fromConfig(config).applyGradients(KerasCase.pairs(node.get("gradients"), variables));
    KerasCase.assertClose(node, node.get("expected_variables").get(0), variables.get(0));
  }

  private static void weightDecay(JsonNode node) {
    Variable variable = KerasCase.variables(node).get(0);
    Muon optimizer = Muon.fromConfig(Config.parse(node.get("config").toString()));
    optimizer.applyGradients(List.of(new GradAndVar(Tensor.zeros(variable.shape()), variable)));
    KerasCase.assertClose(node, node.get("expected_variables").get(0), variable);
  }

  private static void adjust(JsonNode node) {
    Muon optimizer = Muon.fromConfig(Config.parse(node.get("config").toString()));
    Shape shape = Shape.of(node.get("input").size(), node.get("input").get(0).size());
    float[] values = KerasCase.flat(node.get("input"));
    for (int i = 0; i < values.length; i++) {
      values[i] = optimizer.adjusted(values[i], shape);
    }

    KerasCase.assertClose(node, node.get("expected"), values);
  }

  private static void route(JsonNode node) {
    Muon optimizer = Muon.fromConfig(Config.parse(node.get("config").toString()));
    String path = node.get("path").asText();
    Shape shape = Trajectory.shape(node.get("shape"));
    optimizer.build(List.of(Variable.of("kernel", path, shape, new float[shape.size()])));
    assertEquals(node.get("adamw").asBoolean() ? 4 : 3, optimizer.variables().size(), path);
  }
}
