package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.activations.Activations;
import io.firesteel.constraints.Constraints;
import io.firesteel.initializers.Initializers;
import io.firesteel.layers.Layer;
import io.firesteel.layers.Layers;
import io.firesteel.regularizers.Regularizers;
import io.firesteel.saving.Config;
import io.firesteel.saving.KerasSerializable;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.KerasCases;
import io.firesteel.testing.KerasCases.Array;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every call of Keras's own tests of regularizers, constraints, initializers and activations. An
 * activation with arguments is the layer that has them.
 */
class KerasPartCasesTest {

  private static final Map<String, String> LAYERS =
      Map.of("relu", "ReLU", "leaky_relu", "LeakyReLU", "softmax", "Softmax");

  /** Why a case is not replayed, or what alone is compared; null if all is. */
  private static @Nullable String reason(JsonNode node) {
    String name = "";
    for (String key : List.of("class", "serialized", "refuses", "function")) {
      name = node.has(key) ? node.get(key).asText() : name;
    }

    if (node.path("arguments").path("w").has("large")) {
      return "arrays of more than 3000 values, which are not recorded";
    }

    JsonNode given = node.path("arguments");
    return switch (name) {
      case "Constraint", "InitializerWithLayout" -> "a class of the tests' own";
      case "STFT" -> node.has("refuses") ? null : "no initializer here: STFT";
      case "sparsemax" -> "Keras's sparsemax, whose sums are not 1";
      case "glu" -> "an activation that halves the width: glu";
      case "celu", "gelu", "log_softmax", "threshold" ->
          given.size() > 1 ? "arguments of a function that no layer has" : null;
      default -> isRandom(node) && node.has("class") ? "only the shape: random numbers" : null;
    };
  }

  @Test
  void partsAreThoseOfKerasTests() {
    Map<String, Integer> counts =
        KerasCases.replay(
            KerasCases.read("parts"), KerasPartCasesTest::reason, KerasPartCasesTest::replay);
    assertEquals(
        new TreeMap<>(
            Map.of(
                "replayed", 169,
                "only the shape: random numbers", 17,
                "arguments of a function that no layer has", 8,
                "no initializer here: STFT", 8,
                "Keras's sparsemax, whose sums are not 1", 7,
                "arrays of more than 3000 values, which are not recorded", 6,
                "a class of the tests' own", 2,
                "an activation that halves the width: glu", 2)),
        counts);
  }

  private static void replay(JsonNode node) {
    String kind = node.get("kind").asText();
    if (node.has("serialized")) {
      Config config = KerasCases.config(node.get("config"));
      assertEquals(config, part(kind, node.get("serialized").asText(), config.toMap()).getConfig());
    } else if (node.has("refuses")) {
      Map<String, Object> arguments = KerasCases.arguments(node.get("arguments"));
      String name = node.get("refuses").asText();
      assertThrows(IllegalArgumentException.class, () -> part(kind, name, arguments));
    } else if (node.has("error")) {
      assertThrows(IllegalArgumentException.class, () -> result(kind, node));
    } else {
      float[] result = result(kind, node);
      if (isRandom(node)) {
        assertEquals(sizeOf(node), result.length);
        return;
      }

      Array expected = Objects.requireNonNull(KerasCases.array(node.get("result")));
      assertEquals(expected.values().length, result.length);
      for (int i = 0; i < result.length; i++) {
        float value = expected.values()[i];
        assertEquals(value, result[i], 1e-6 + 1e-5 * Math.abs(value), "value " + i);
      }
    }
  }

  private static boolean isRandom(JsonNode node) {
    return node.get("kind").asText().equals("initializer")
        && node.path("class")
            .asText()
            .matches("Random.*|.*Normal|.*Uniform|VarianceScaling|Orth.*");
  }

  private static int sizeOf(JsonNode node) {
    Array shape = Objects.requireNonNull(KerasCases.array(node.get("arguments").get("shape")));
    int size = 1;
    for (float extent : shape.values()) {
      size *= (int) extent;
    }

    return size;
  }

  private static KerasSerializable part(String kind, String name, Map<String, Object> arguments) {
    Config serialized =
        Config.builder().put("class_name", name).put("config", Config.of(arguments)).build();
    return switch (kind) {
      case "regularizer" -> Regularizers.deserialize(serialized);
      case "constraint" -> Constraints.deserialize(serialized);
      case "initializer" -> Initializers.deserialize(serialized);
      default -> throw new IllegalArgumentException(kind);
    };
  }

  private static float[] result(String kind, JsonNode node) {
    JsonNode given = node.get("arguments");
    if (kind.equals("activation")) {
      return activation(node.get("function").asText(), given);
    }

    Config serialized =
        Config.builder()
            .put("class_name", node.get("class").asText())
            .put("config", KerasCases.config(node.get("config")))
            .build();
    if (kind.equals("initializer")) {
      float[] extents = Objects.requireNonNull(KerasCases.array(given.get("shape"))).values();
      int[] shape = new int[extents.length];
      Arrays.setAll(shape, i -> (int) extents[i]);
      return Initializers.deserialize(serialized).call(Shape.of(shape), RandomStream.of(1));
    }

    String argument = kind.equals("constraint") ? "w" : given.has("x") ? "x" : "inputs";
    Array x = Objects.requireNonNull(KerasCases.array(given.get(argument)));
    Shape shape = Shape.of(x.shape());
    if (kind.equals("constraint")) {
      Constraints.deserialize(serialized).checkShape(shape);
      float[] weight = x.values().clone();
      Constraints.deserialize(serialized).call(shape, weight);
      return weight;
    }

    Regularizers.deserialize(serialized).checkShape(shape);
    return new float[] {Regularizers.deserialize(serialized).call(shape, x.values())};
  }

  private static float[] activation(String name, JsonNode given) {
    Array x = Objects.requireNonNull(KerasCases.array(given.get("x")));
    Map<String, Object> arguments = KerasCases.arguments(given);
    arguments.remove("x");
    int width = x.shape()[x.shape().length - 1];
    if (arguments.isEmpty()) {
      float[] y = new float[x.values().length];
      Activations.get(name).call(x.values(), y, y.length / width, width);
      return y;
    }

    String layer =
        Objects.requireNonNull(LAYERS.get(name), "no layer for the arguments of " + name);
    Layer withArguments =
        Layers.deserialize(
            Config.builder().put("class_name", layer).put("config", Config.of(arguments)).build());
    int rows = x.shape().length == 1 ? 1 : x.shape()[0];
    int[] row =
        x.shape().length == 1 ? x.shape() : Arrays.copyOfRange(x.shape(), 1, x.shape().length);
    Sequential model = new Sequential().add(withArguments).build(row);
    int size = x.values().length / rows;
    float[][] features = new float[rows][];
    for (int i = 0; i < rows; i++) {
      features[i] = Arrays.copyOfRange(x.values(), i * size, (i + 1) * size);
    }

    float[] y = new float[x.values().length];
    float[][] predictions = model.predict(features);
    for (int i = 0; i < rows; i++) {
      System.arraycopy(predictions[i], 0, y, i * size, size);
    }

    return y;
  }
}
