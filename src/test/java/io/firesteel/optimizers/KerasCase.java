package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Reads the cases of Keras's own tests. */
final class KerasCase {

  private KerasCase() {}

  static List<JsonNode> cases() {
    try (InputStream in = KerasCase.class.getResourceAsStream("/keras/keras-test-cases.json")) {
      return StreamSupport.stream(new ObjectMapper().readTree(in).get("cases").spliterator(), false)
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static Optimizer optimizer(JsonNode node) {
    JsonNode config = node.get("config");
    JsonNode rate = config.path("learning_rate").path("callable_returns");
    if (!rate.isMissingNode()) {
      return SGD.builder().learningRate(() -> rate.asDouble()).build();
    }

    return Optimizers.deserialize(
        Config.builder()
            .put("class_name", node.get("optimizer").asText())
            .put("config", Config.parse(config.toString()))
            .build());
  }

  static List<Variable> variables(JsonNode node) {
    List<Variable> variables = new ArrayList<>();
    for (JsonNode variable : node.get("variables")) {
      variables.add(
          Variable.builder(
                  variable.path("name").asText("variable"),
                  variable.path("path").asText("variable"),
                  Trajectory.shape(variable.get("shape")))
              .overwriteWithGradient(variable.path("overwrite_with_gradient").asBoolean())
              .build(flat(variable.get("initial"))));
    }

    return variables;
  }

  static List<GradAndVar> pairs(Iterable<JsonNode> gradients, List<Variable> variables) {
    List<GradAndVar> pairs = new ArrayList<>();
    for (JsonNode gradient : gradients) {
      Variable variable = variables.get(pairs.size());
      Tensor tensor = gradient.isNull() ? null : Tensor.wrap(variable.shape(), flat(gradient));
      pairs.add(new GradAndVar(tensor, variable));
    }

    return pairs;
  }

  static float[] flat(JsonNode node) {
    List<Double> values = new ArrayList<>();
    flatten(node, values);
    float[] flat = new float[values.size()];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) (double) values.get(i);
    }

    return flat;
  }

  static void flatten(JsonNode node, List<Double> values) {
    if (node.isArray()) {
      node.forEach(item -> flatten(item, values));
    } else {
      values.add(node.asText().equals("inf") ? Double.POSITIVE_INFINITY : node.asDouble());
    }
  }

  static void assertClose(JsonNode node, JsonNode expected, Variable actual) {
    assertClose(node, expected, actual.values());
  }

  static void assertClose(JsonNode node, JsonNode expected, float[] actual) {
    float[] values = flat(expected);
    double rtol = node.get("tolerance").get("rtol").asDouble();
    double atol = node.get("tolerance").get("atol").asDouble();
    assertEquals(values.length, actual.length);
    for (int i = 0; i < actual.length; i++) {
      assertEquals(values[i], actual[i], atol + rtol * Math.abs(values[i]), "[" + i + "]");
    }
  }
}
