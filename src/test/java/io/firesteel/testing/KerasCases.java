package io.firesteel.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The calls of Keras's own tests that {@code src/test/python/keras_cases.py} wrote down. */
public final class KerasCases {

  private KerasCases() {}

  /**
   * An array of a call.
   *
   * @param shape empty for a number
   */
  public record Array(String dtype, int[] shape, float[] values) {

    /** Returns the array with an axis of one more behind. */
    public Array expanded() {
      int[] longer = Arrays.copyOf(shape, shape.length + 1);
      longer[shape.length] = 1;
      return new Array(dtype, longer, values);
    }

    /** Returns weights as Keras fits them to losses of a shape; null if they don't fit. */
    public @Nullable Array fitting(int[] losses) {
      Array weights = this;
      if (shape.length == losses.length + 1 && shape[losses.length] == 1) {
        weights = new Array(dtype, Arrays.copyOf(shape, losses.length), values);
      } else if (shape.length > 0 && shape.length == losses.length - 1) {
        weights = expanded();
      }

      return weights.broadcast(losses);
    }

    /**
     * Returns the array with the values of a larger shape, as numpy broadcasts; null if it can't.
     */
    public @Nullable Array broadcast(int[] to) {
      if (shape.length > to.length) {
        return null;
      }

      int[] strides = new int[to.length];
      int stride = 1;
      for (int k = shape.length - 1; k >= 0; k--) {
        int axis = to.length - shape.length + k;
        if (shape[k] != to[axis] && shape[k] != 1) {
          return null;
        }

        strides[axis] = shape[k] == 1 ? 0 : stride;
        stride *= shape[k];
      }

      float[] larger = new float[size(to)];
      for (int i = 0; i < larger.length; i++) {
        int rest = i;
        int from = 0;
        for (int axis = to.length - 1; axis >= 0; axis--) {
          from += rest % to[axis] * strides[axis];
          rest /= to[axis];
        }

        larger[i] = values[from];
      }

      return new Array(dtype, to, larger);
    }
  }

  /** Returns arguments of a constructor by name. */
  public static Map<String, Object> arguments(JsonNode node) {
    Map<String, Object> arguments = new TreeMap<>();
    Config config = config(node);
    for (String key : config.keys()) {
      Array array = node.get(key).isObject() ? array(node.get(key)) : null;
      arguments.put(key, array == null ? config.get(key) : list(array));
    }

    return arguments;
  }

  private static List<Number> list(Array array) {
    boolean whole = array.dtype().startsWith("int");
    List<Number> list = new ArrayList<>();
    for (float value : array.values()) {
      list.add(whole ? (Number) (long) value : (Number) (double) value);
    }

    return list;
  }

  /** Returns the number of values of a shape. */
  public static int size(int[] shape) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }

    return size;
  }

  /** Returns the cases of a file, without those of tests that fail in Keras itself. */
  public static List<JsonNode> read(String name) {
    String path = "/golden-losses/keras-cases-" + name + ".json";
    try (InputStream in = KerasCases.class.getResourceAsStream(path)) {
      JsonNode file = new ObjectMapper().readTree(in);
      Set<String> failed = new HashSet<>();
      file.get("failed").forEach(test -> failed.add(test.asText()));
      List<JsonNode> cases = new ArrayList<>();
      for (JsonNode node : file.get("cases")) {
        if (!failed.contains(node.get("tests").get(0).asText())) {
          cases.add(node);
        }
      }

      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a case in a few words, with the test that makes it. */
  public static String title(JsonNode node) {
    StringBuilder title = new StringBuilder(node.get("tests").get(0).asText());
    for (String key : List.of("class", "function", "refuses", "serialized")) {
      if (node.has(key)) {
        title.append(' ').append(key).append(' ').append(node.get(key).asText());
      }
    }

    return title.toString();
  }

  /** Returns a config. */
  public static Config config(JsonNode node) {
    return Config.parse(node.toString());
  }

  /** Returns an array or a number, or null if it is neither or not there. */
  public static @Nullable Array array(@Nullable JsonNode node) {
    if (node == null || node.isNull() || node.isTextual()) {
      return null;
    }

    if (node.isNumber() || node.isBoolean()) {
      float value = node.isBoolean() ? (node.asBoolean() ? 1.0f : 0.0f) : (float) node.asDouble();
      return new Array("python", new int[0], new float[] {value});
    }

    if (!node.has("values")) {
      return null;
    }

    JsonNode shape = node.get("shape");
    int[] extents = new int[shape.size()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = shape.get(i).asInt();
    }

    float[] values = new float[node.get("values").size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(node.get("values").get(i));
    }

    return new Array(node.get("dtype").asText(), extents, values);
  }

  private static float number(JsonNode value) {
    return switch (value.asText()) {
      case "inf" -> Float.POSITIVE_INFINITY;
      case "-inf" -> Float.NEGATIVE_INFINITY;
      case "nan" -> Float.NaN;
      default -> (float) value.asDouble();
    };
  }

  /**
   * Replays all cases and returns how many there are by outcome: {@code replayed}, or why not.
   *
   * @param reason why a case is not replayed, null if it is; one that is given must fail
   * @param replay throws where the case is not as Keras has it; a reason that begins with {@code
   *     only} says what alone is compared
   */
  public static Map<String, Integer> replay(
      List<JsonNode> cases,
      Function<JsonNode, @Nullable String> reason,
      Consumer<JsonNode> replay) {
    Map<String, Integer> counts = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    for (JsonNode node : cases) {
      String why = reason.apply(node);
      Throwable failure = failure(node, replay);
      boolean compared = why == null || why.startsWith("only ");
      if (compared && failure != null) {
        wrong.add(title(node) + ": " + failure);
      } else if (!compared && failure == null) {
        wrong.add(title(node) + " works, but is listed as: " + why);
      }

      counts.merge(why == null ? "replayed" : why, 1, Integer::sum);
    }

    if (!wrong.isEmpty()) {
      throw new AssertionError(
          "%d of %d cases:%n%s".formatted(wrong.size(), cases.size(), String.join("\n", wrong)));
    }

    return counts;
  }

  private static @Nullable Throwable failure(JsonNode node, Consumer<JsonNode> replay) {
    try {
      replay.accept(node);
      return null;
    } catch (RuntimeException | AssertionError e) {
      return e;
    }
  }
}
