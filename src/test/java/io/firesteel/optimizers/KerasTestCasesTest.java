package io.firesteel.optimizers;

import static io.firesteel.optimizers.KerasCase.assertClose;
import static io.firesteel.optimizers.KerasCase.cases;
import static io.firesteel.optimizers.KerasCase.optimizer;
import static io.firesteel.optimizers.KerasCase.pairs;
import static io.firesteel.optimizers.KerasCase.variables;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.optimizers.schedules.LearningRateSchedule;
import io.firesteel.optimizers.schedules.LearningRateSchedules;
import io.firesteel.saving.Config;
import io.firesteel.tensor.FloatOps;
import io.firesteel.tensor.Shape;
import io.firesteel.variables.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The cases of Keras's own tests, each at the tolerance that it has there. */
class KerasTestCasesTest {

  /** The kinds that are replayed elsewhere, or cannot be, and why. */
  private static final Map<String, String> SKIPPED_KINDS =
      Map.ofEntries(
          Map.entry("fit", "needs a model; replayed by KerasTestCasesFitTest of the models"),
          Map.entry(
              "callback", "needs a callback; replayed by KerasTestCasesFitTest of the models"),
          Map.entry("naming", "names are not counted per process; see OptimizersTest"));

  private static String reasonToSkip(JsonNode node) {
    return SKIPPED_KINDS.getOrDefault(node.get("kind").asText(), "");
  }

  @TestFactory
  Stream<DynamicTest> passes() {
    return cases().stream()
        .filter(node -> reasonToSkip(node).isEmpty())
        .map(
            node ->
                DynamicTest.dynamicTest(
                    node.get("kind").asText() + " " + node.get("id").asText(), () -> replay(node)));
  }

  @Test
  void everyCaseIsReplayedOrHasAReasonNotToBe() {
    Map<String, Integer> skipped = new TreeMap<>();
    int replayed = 0;
    for (JsonNode node : cases()) {
      String reason = reasonToSkip(node);
      if (reason.isEmpty()) {
        replayed++;
      } else {
        skipped.merge(node.get("kind").asText() + ": " + reason, 1, Integer::sum);
      }
    }

    System.out.printf("Cases of Keras's tests: %d replayed, skipped: %s%n", replayed, skipped);
    assertEquals(161, replayed + skipped.values().stream().mapToInt(n -> n).sum());
    assertEquals(155, replayed);
    assertEquals(1, skipped.get("naming: " + SKIPPED_KINDS.get("naming")));
  }

  private static void replay(JsonNode node) {
    switch (node.get("kind").asText()) {
      case "trajectory" -> trajectory(node);
      case "clip" -> clip(node);
      case "weight_decay" -> weightDecay(node);
      case "schedule" -> schedule(node);
      case "config_round_trip" -> configRoundTrip(node);
      case "constructor_error" -> constructorError(node);
      case "ema_relation" -> emaRelation(node);
      case "error" -> noGradients(node);
      case "property" -> PropertyCase.replay(node);
      case "newton_schulz", "update_step", "apply_weight_decay", "lr_adjust", "routing" ->
          MuonCase.replay(node);
      case "loss_scale", "loss_scale_multi", "multi", "multi_scale_loss" ->
          WrapperCase.replay(node);
      default -> throw new AssertionError("Unknown kind: " + node);
    }
  }

  private static void trajectory(JsonNode node) {
    Optimizer optimizer = optimizer(node);
    List<Variable> variables = variables(node);
    for (JsonNode step : node.get("steps")) {
      List<GradAndVar> pairs = pairs(step.get("gradients"), variables);
      pairs.forEach(pair -> sumOverReplicas(node, pair));
      optimizer.applyGradients(pairs);
      JsonNode expected = step.get("expected_variables");
      for (int v = 0; v < variables.size() && !expected.isNull(); v++) {
        assertClose(node, expected.get(v), variables.get(v));
      }

      checkState(node, step.path("expected_state"), optimizer);
    }

    if (node.has("scale_loss")) {
      JsonNode scale = node.get("scale_loss");
      assertEquals(
          scale.get("expected").asDouble(), optimizer.lossScale() * scale.get("input").asDouble());
    }
  }

  /** Each replica brings the same gradient, and Keras adds them up. */
  private static void sumOverReplicas(JsonNode node, GradAndVar pair) {
    if (pair.gradient() != null) {
      FloatOps.multiply(pair.gradient().values(), node.path("replicas").asInt(1));
    }
  }

  private static void checkState(JsonNode node, JsonNode expected, Optimizer optimizer) {
    expected
        .properties()
        .forEach(
            entry -> {
              JsonNode value = entry.getValue();
              switch (entry.getKey()) {
                case "iteration", "raw_iterations" ->
                    assertEquals(value.asLong(), optimizer.variables().get(0).integer());
                case "iterations" -> assertEquals(value.asLong(), optimizer.iterations());
                case "learning_rate" ->
                    assertEquals((float) value.asDouble(), optimizer.learningRate());
                case "num_optimizer_variables" ->
                    assertEquals(value.asInt(), optimizer.variables().size());
                case "average" -> checkSlots(node, value, optimizer, "_average");
                case "accumulators" -> checkSlots(node, value, optimizer, "_accumulator");
                default -> throw new AssertionError("Unknown state: " + entry);
              }
            });
  }

  private static void checkSlots(
      JsonNode node, JsonNode expected, Optimizer optimizer, String suffix) {
    List<Variable> slots =
        optimizer.variables().stream().filter(v -> v.name().endsWith(suffix)).toList();
    assertEquals(expected.size(), slots.size());
    for (int i = 0; i < slots.size(); i++) {
      assertClose(node, expected.get(i), slots.get(i));
    }
  }

  /**
   * An optimizer with the case's clipping, which leaves gradients as it clipped them. Others may
   * overwrite them with their updates.
   */
  private static Optimizer clipping(JsonNode node) {
    Config config = Config.parse(node.get("config").toString());
    Config.Builder clipping = Config.builder();
    config.keys().stream()
        .filter(key -> key.contains("clip"))
        .forEach(key -> clipping.put(key, config.get(key)));
    assertEquals(1, clipping.build().keys().size());
    return SGD.fromConfig(clipping.build());
  }

  private static void clip(JsonNode node) {
    List<Variable> variables = new ArrayList<>();
    for (JsonNode gradient : node.get("gradients")) {
      Shape shape = Shape.of(gradient.size());
      variables.add(Variable.of("variable", "variable", shape, new float[gradient.size()]));
    }

    List<GradAndVar> pairs = pairs(node.get("gradients"), variables);
    clipping(node).applyGradients(pairs);
    for (int i = 0; i < pairs.size(); i++) {
      assertClose(node, node.get("expected_gradients").get(i), pairs.get(i).gradient().values());
    }
  }

  private static void weightDecay(JsonNode node) {
    List<Variable> variables = variables(node);
    for (JsonNode run : node.get("runs")) {
      BaseOptimizer optimizer = (BaseOptimizer) optimizer(node);
      JsonNode exclude = run.get("exclude_from_weight_decay");
      if (!exclude.isNull()) {
        List<Variable> byIdentity = new ArrayList<>();
        exclude.path("var_list").forEach(i -> byIdentity.add(variables.get(i.asInt())));
        List<String> byName = new ArrayList<>();
        exclude.path("var_names").forEach(name -> byName.add(name.asText()));
        optimizer.excludeFromWeightDecay(byIdentity, byName);
      }

      List<Variable> targets = new ArrayList<>();
      run.get("apply_to").forEach(i -> targets.add(variables.get(i.asInt())));
      optimizer.build(targets);
      optimizer.applyGradients(pairs(run.get("gradients"), targets));
    }

    for (int i = 0; i < node.get("expected_variables").size(); i++) {
      if (!node.get("expected_variables").get(i).isNull()) {
        assertClose(node, node.get("expected_variables").get(i), variables.get(i));
      }
    }
  }

  private static void schedule(JsonNode node) {
    LearningRateSchedule schedule =
        LearningRateSchedules.deserialize(
            Config.builder()
                .put("class_name", node.get("schedule").asText())
                .put("config", Config.parse(node.get("config").toString()))
                .build());
    for (JsonNode point : node.get("points")) {
      assertClose(
          node, point.get("expected"), new float[] {schedule.call(point.get("step").asLong())});
    }
  }

  private static void configRoundTrip(JsonNode node) {
    Optimizer optimizer = optimizer(node);
    Config serialized = Optimizers.serialize(optimizer);
    Optimizer rebuilt = Optimizers.deserialize(Config.parse(serialized.toJson()));
    assertEquals(serialized, Optimizers.serialize(rebuilt));
    Config config = (Config) serialized.get("config");
    Config.parse(node.get("config").toString())
        .toMap()
        .forEach(
            (key, value) ->
                assertEquals(
                    key.equals("learning_rate") ? (double) (float) (double) value : value,
                    config.get(key),
                    key));
  }

  private static void constructorError(JsonNode node) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> optimizer(node)).getMessage();
    String argument = argument(node.get("message_contains").asText());
    assertTrue(message.contains("'" + argument + "'"), message);
    assertTrue(message.contains("Received: "), message);
  }

  /** The argument that a message of Keras names between backticks. */
  private static String argument(String message) {
    int start = message.indexOf('`') + 1;
    return message.substring(start, message.indexOf('`', start));
  }

  private static void emaRelation(JsonNode node) {
    List<Variable> variables = variables(node);
    List<Variable> plain = variables(node);
    Optimizer averaging = optimizer(node);
    ObjectNode without = node.deepCopy();
    ((ObjectNode) without.get("config")).put("use_ema", false);
    Optimizer reference = optimizer(without);
    boolean overwrites = node.get("config").has("ema_overwrite_frequency");
    float[] first = new float[2];
    for (int step = 0; step < 2; step++) {
      averaging.applyGradients(pairs(List.of(node.get("gradients")), variables));
      reference.applyGradients(pairs(List.of(node.get("gradients")), plain));
      if (step == 0) {
        first = plain.get(0).values().clone();
        assertEquals(first[1], variables.get(0).values()[1]);
      }
    }

    if (!overwrites) {
      averaging.finalizeVariableValues(variables);
    }

    for (int i = 0; i < 2; i++) {
      float mean = 0.9f * first[i] + 0.1f * plain.get(0).values()[i];
      assertEquals(mean, variables.get(0).values()[i], 1e-6);
    }
  }

  private static void noGradients(JsonNode node) {
    Optimizer optimizer = optimizer(node);
    List<Variable> variables = variables(node);
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> optimizer.applyGradients(pairs(node.get("gradients"), variables)))
            .getMessage();
    assertEquals("At least one variable needs a gradient. Received none for: [variable]", message);
    assertEquals(0, optimizer.iterations());
  }
}
