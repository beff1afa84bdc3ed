package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.layers.Activation;
import io.firesteel.layers.Masking;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.KerasCases;
import io.firesteel.testing.KerasCases.Array;
import io.firesteel.training.LocalData;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every call of Keras's own tests of losses, in a model that hands its input on: the predictions
 * are the input. Losses that are not reduced, of which no model can have one, are computed alone.
 */
class KerasLossCasesTest {

  private static final float MASKED = -987.0f;

  /** Why a case is refused; null if it is replayed. */
  private static @Nullable String reason(JsonNode node) {
    String name = "";
    for (String key : List.of("class", "serialized", "function")) {
      name = node.has(key) ? node.get(key).asText() : name;
    }

    if (name.equals("CTC") || name.equalsIgnoreCase("Circle")) {
      return "no loss here: " + name.toLowerCase(Locale.ROOT);
    }

    if ((name.equals("Dice") || name.equals("Tversky"))
        && node.get("config").path("axis").isNull()) {
      return "Dice and Tversky over the rows of a batch (axis=None)";
    }

    String dtype = node.path("result").path("dtype").asText("float32");
    if (dtype.endsWith("float16")) {
      return "computed in bfloat16 or float16";
    }

    Array labels = KerasCases.array(node.path("arguments").get("y_true"));
    if (name.equals("MeanSquaredLogarithmicError") && labels != null && lowest(labels) < -1.0f) {
      return "labels below -1 for the logarithmic error";
    }

    return null;
  }

  private static float lowest(Array array) {
    float lowest = Float.POSITIVE_INFINITY;
    for (float value : array.values()) {
      lowest = Math.min(lowest, value);
    }

    return lowest;
  }

  @Test
  void lossesAreThoseOfKerasTests() {
    Map<String, Integer> counts =
        KerasCases.replay(
            KerasCases.read("losses"), KerasLossCasesTest::reason, KerasLossCasesTest::replay);
    assertEquals(
        new TreeMap<>(
            Map.of(
                "replayed", 175,
                "computed in bfloat16 or float16", 20,
                "Dice and Tversky over the rows of a batch (axis=None)", 10,
                "no loss here: circle", 9,
                "labels below -1 for the logarithmic error", 6,
                "no loss here: ctc", 3)),
        counts);
  }

  private static void replay(JsonNode node) {
    if (node.has("serialized")) {
      Config config = KerasCases.config(node.get("config"));
      String name = node.get("serialized").asText();
      assertEquals(config, Losses.get(name, config.toMap()).getConfig());
    } else if (node.has("refuses")) {
      Config arguments = KerasCases.config(node.get("arguments"));
      String name = node.get("refuses").asText();
      Executable refused = () -> Losses.get(name.equals("Loss") ? "mse" : name, arguments.toMap());
      assertThrows(IllegalArgumentException.class, refused::run);
    } else if (node.has("error")) {
      assertThrows(IllegalArgumentException.class, () -> reduced(node));
    } else if (node.get("result").get("shape").isEmpty()) {
      float expected = Objects.requireNonNull(KerasCases.array(node.get("result"))).values()[0];
      assertEquals(expected, reduced(node), 1e-6 + 1e-5 * Math.abs(expected));
    } else {
      unreduced(node);
    }
  }

  private interface Executable {
    void run();
  }

  private static Loss loss(JsonNode node, boolean reduced) {
    if (node.has("function")) {
      return Losses.get(node.get("function").asText());
    }

    String name = node.get("class").asText();
    Config config = KerasCases.config(node.get("config"));
    String dtype = node.path("result").path("dtype").asText("float32");
    if (dtype.endsWith("float16")) {
      config = config.with("dtype", dtype);
    }

    if (!reduced) {
      assertNull(config.get("reduction"));
      config = config.with("reduction", "sum");
    }

    return Losses.get(name.equals("ExampleLoss") ? "MeanSquaredError" : name, config.toMap());
  }

  private static Array argument(JsonNode node, String name) {
    return Objects.requireNonNull(KerasCases.array(node.get("arguments").get(name)), name);
  }

  /** Returns predictions or labels; the loss of the tests' own class is that of single values. */
  private static Array values(JsonNode node, String name) {
    Array array = argument(node, name);
    boolean single = node.path("class").asText().equals("ExampleLoss");
    return array.shape().length == 1 || (single && array.shape()[array.shape().length - 1] != 1)
        ? array.expanded()
        : array;
  }

  private static double reduced(JsonNode node) {
    return reduced(node, loss(node, true), values(node, "y_pred"), values(node, "y_true"));
  }

  private static double reduced(JsonNode node, Loss loss, Array predictions, Array labels) {
    int[] shape = predictions.shape();
    int rows = shape[0];
    Array mask = KerasCases.array(node.get("arguments").get("mask"));
    float[] x = predictions.values().clone();
    Sequential model = new Sequential();
    int[] row = Arrays.copyOfRange(shape, 1, shape.length);
    if (mask != null) {
      row = new int[] {x.length / rows, 1};
      for (int i = 0; i < x.length; i++) {
        x[i] = mask.values()[i] == 0.0f ? MASKED : x[i];
      }

      model.add(Masking.of(MASKED).inputShape(row));
    }

    model.add(Activation.of("linear").inputShape(row));
    model.compile("sgd", loss);
    float[] y = labels.values();
    LocalData data = LocalData.of(Shape.of(row), x, y.length / rows, y);
    Array weights = KerasCases.array(node.get("arguments").get("sample_weight"));
    if (weights != null) {
      data = data.weights(weights(weights, Arrays.copyOf(shape, shape.length - 1)));
    }

    return model.testOnBatch(data).get("loss");
  }

  /** Returns weights as Keras fits them to the shape of losses, an array a row. */
  private static float[][] weights(Array given, int[] losses) {
    Array all = Objects.requireNonNull(given.fitting(losses), "weights of another shape");
    int width = all.values().length / losses[0];
    float[][] rows = new float[losses[0]][];
    for (int row = 0; row < rows.length; row++) {
      rows[row] = Arrays.copyOfRange(all.values(), row * width, (row + 1) * width);
    }

    return rows;
  }

  private static void unreduced(JsonNode node) {
    Loss loss = loss(node, false);
    Array predictions = values(node, "y_pred");
    Array labels = values(node, "y_true");
    int[] shape = predictions.shape();
    float[] expected = Objects.requireNonNull(KerasCases.array(node.get("result"))).values();
    if (!loss.axes().equals(List.of(-1))) {
      for (int row = 0; row < shape[0]; row++) {
        double alone = reduced(node, loss, row(predictions, row), row(labels, row));
        assertEquals(expected[row], alone, 1e-6 + 1e-5 * Math.abs(expected[row]), "loss " + row);
      }

      return;
    }

    int width = shape[shape.length - 1];
    int samples = predictions.values().length / width;
    assertEquals(samples * loss.labelWidth(width), labels.values().length, "labels");
    float[] losses = new float[samples];
    loss.call(labels.values(), predictions.values(), samples, width, losses, null);
    Array weights = KerasCases.array(node.get("arguments").get("sample_weight"));
    if (weights != null) {
      float[][] rows = weights(weights, Arrays.copyOf(shape, shape.length - 1));
      for (int i = 0; i < samples; i++) {
        losses[i] *= rows[i / rows[0].length][i % rows[0].length];
      }
    }

    assertEquals(expected.length, samples);
    for (int i = 0; i < samples; i++) {
      assertEquals(expected[i], losses[i], 1e-6 + 1e-5 * Math.abs(expected[i]), "loss " + i);
    }
  }

  private static Array row(Array array, int row) {
    int[] shape = array.shape().clone();
    int size = array.values().length / shape[0];
    shape[0] = 1;
    float[] values = Arrays.copyOfRange(array.values(), row * size, (row + 1) * size);
    return new Array(array.dtype(), shape, values);
  }
}
