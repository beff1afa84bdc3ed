package io.firesteel.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.saving.Config;
import io.firesteel.testing.KerasCases;
import io.firesteel.testing.KerasCases.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every metric of Keras's own tests of metrics, with the batches and results it has there. */
class KerasMetricCasesTest {

  /** Why a case is not replayed; null if it is. */
  private static @Nullable String reason(JsonNode node) {
    String name = "";
    for (String key : List.of("class", "serialized", "refuses")) {
      name = node.has(key) ? node.get(key).asText() : name;
    }

    JsonNode config = node.path("config");
    if (name.equals("ExampleMetric") || config.path("fn").toString().contains("test>")) {
      return "a class or function of the tests' own";
    }

    if (name.equals("Mean") || name.equals("Sum")) {
      return "Mean and Sum, which reduce values, not labels and predictions";
    }

    if (!name.endsWith("IoU") && !config.path("dtype").asText("float32").equals("float32")) {
      return "another dtype than float32";
    }

    if (config.path("axis").asInt(-1) != -1) {
      return "an axis counted from the front";
    }

    if (name.equals("FBetaScore") && node.has("refuses")) {
      JsonNode given = node.get("arguments");
      boolean whole = given.get("beta").isInt() || given.get("threshold").isInt();
      return whole ? "whole numbers where Keras wants others" : null;
    }

    String steps = node.path("steps").toString();
    if (steps.contains("\"large\"")) {
      return "arrays of more than 3000 values, which are not recorded";
    }

    if (name.equals("R2Score") && steps.contains("\"error\"")) {
      return "one axis, which no output of a model has";
    }

    return config.path("top_k").isInt() && steps.contains("sample_weight")
        ? "weights of single values, which no model takes"
        : null;
  }

  @Test
  void metricsAreThoseOfKerasTests() {
    Map<String, Integer> counts =
        KerasCases.replay(
            KerasCases.read("metrics"), KerasMetricCasesTest::reason, KerasMetricCasesTest::replay);
    assertEquals(
        new TreeMap<>(
            Map.of(
                "replayed", 331,
                "a class or function of the tests' own", 11,
                "Mean and Sum, which reduce values, not labels and predictions", 9,
                "another dtype than float32", 4,
                "arrays of more than 3000 values, which are not recorded", 2,
                "whole numbers where Keras wants others", 2,
                "weights of single values, which no model takes", 2,
                "an axis counted from the front", 1,
                "one axis, which no output of a model has", 1)),
        counts);
  }

  private static void replay(JsonNode node) {
    if (node.has("serialized")) {
      Config config = KerasCases.config(node.get("config"));
      String name = node.get("serialized").asText();
      assertEquals(config, Metrics.get(name, config.toMap()).getConfig());
    } else if (node.has("refuses")) {
      Map<String, Object> arguments = KerasCases.arguments(node.get("arguments"));
      String name = node.get("refuses").asText();
      assertThrows(IllegalArgumentException.class, () -> Metrics.get(name, arguments));
    } else {
      steps(node);
    }
  }

  private static void steps(JsonNode node) {
    Config config = KerasCases.config(node.get("config"));
    Metric metric = Metrics.get(node.get("class").asText(), config.toMap());
    double[] state = new double[0];
    for (JsonNode step : node.get("steps")) {
      String call = step.get("call").asText();
      if (call.equals("update_state") || call.equals("__call__")) {
        Samples samples = Samples.of(metric, step.get("arguments"));
        metric = metric.forWidth(samples.width);
        state = state.length == 0 ? new double[metric.stateSize()] : state;
        if (step.has("error")) {
          String problem = metric.checkWidths(samples.labelWidth, samples.width);
          Objects.requireNonNull(problem, "no problem where Keras has an error");
          return;
        }

        samples.update(metric, state);
      }

      if (call.equals("reset_state")) {
        Arrays.fill(state, 0.0);
      }

      if (call.equals("result") || call.equals("__call__")) {
        if (state.length == 0) {
          metric = metric.forWidth(1);
          state = new double[metric.stateSize()];
        }

        assertResult(step, metric, state);
      }

      if (call.startsWith("stateless")) {
        throw new AssertionError("There is no " + call);
      }
    }
  }

  private static void assertResult(JsonNode step, Metric metric, double[] state) {
    float[] expected = Objects.requireNonNull(KerasCases.array(step.get("result"))).values();
    assertEquals(expected.length, metric.resultSize(), "results");
    for (int i = 0; i < expected.length; i++) {
      double bound = 1e-6 + 1e-5 * Math.abs(expected[i]);
      assertEquals(expected[i], metric.result(state, 0, i), bound, "result " + i);
    }
  }

  /**
   * What a metric is updated with.
   *
   * @param weights null for none
   */
  private record Samples(
      float[] labels,
      int labelWidth,
      float[] predictions,
      int width,
      int count,
      float @Nullable [] weights) {

    static Samples of(Metric metric, JsonNode arguments) {
      Array predictions = Objects.requireNonNull(KerasCases.array(arguments.get("y_pred")));
      Array labels = Objects.requireNonNull(KerasCases.array(arguments.get("y_true")));
      Array weights = KerasCases.array(arguments.get("sample_weight"));
      int[] shape = predictions.shape();
      boolean ofClasses = metric.getConfig().get("top_k") != null;
      int[] outer = Arrays.copyOf(shape, shape.length - 1);
      if (shape.length == 1 && !ofClasses) {
        outer = shape;
      }

      int count = KerasCases.size(outer);
      int width = predictions.values().length / count;
      float[] own = labels.values();
      if (own.length % count != 0) {
        Array wide = labels.broadcast(shape);
        own = Objects.requireNonNull(wide, "labels").values();
      }

      float[] counts = null;
      if (weights != null) {
        Array fitting = weights.fitting(outer);
        if (fitting == null && isOfValues(metric) && own.length == predictions.values().length) {
          count = own.length;
          width = 1;
          fitting = weights.fitting(shape);
        }

        counts = Objects.requireNonNull(fitting, "weights of single values").values();
      }

      return new Samples(own, own.length / count, predictions.values(), width, count, counts);
    }

    /** Tells whether a metric looks at single values, so that each may be a sample. */
    private static boolean isOfValues(Metric metric) {
      Config config = metric.getConfig();
      boolean classes = config.get("class_id") != null || config.get("top_k") != null;
      return metric instanceof ConfusionMetric && !classes
          || metric instanceof AUC
          || Set.of("Accuracy", "BinaryAccuracy", "BinaryIoU", "IoU", "MeanIoU")
              .contains(metric.className());
    }

    void update(Metric metric, double[] state) {
      String problem = metric.checkWidths(labelWidth, width);
      if (problem != null) {
        throw new IllegalArgumentException(problem);
      }

      metric.update(labels, labelWidth, predictions, width, count, weights, state, 0);
    }
  }
}
