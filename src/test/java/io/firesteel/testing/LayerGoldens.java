package io.firesteel.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What Keras computed for the parts of a layer stack (src/test/python/golden_layers.py). */
public final class LayerGoldens {

  private LayerGoldens() {}

  /** Returns a file of golden-layers. */
  public static Config load(String name) {
    String path = "/golden-layers/" + name + ".json";
    try (InputStream in = Objects.requireNonNull(LayerGoldens.class.getResourceAsStream(path))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the objects of a list. */
  public static List<Config> configs(Config owner, String key) {
    return ((List<?>) owner.get(key)).stream().map(Config.class::cast).toList();
  }

  /** Returns a list of numbers as floats. */
  public static float[] floats(Config owner, String key) {
    return floats((List<?>) owner.get(key));
  }

  /** Returns a list of lists of numbers as floats. */
  public static float[][] matrix(Config owner, String key) {
    return ((List<?>) owner.get(key))
        .stream().map(row -> floats((List<?>) row)).toArray(float[][]::new);
  }

  /** Returns a list of integers as a shape. */
  public static Shape shape(Config owner, String key) {
    return Shape.of((List<?>) owner.get(key));
  }

  /** Asserts the same JSON, order of keys included; 2 and 2.0 are the same number. */
  public static void assertSameJson(Object expected, Object actual) {
    assertEquals(canonical(expected), canonical(actual));
  }

  /** Asserts that floats are equal up to a share of the larger of 1 and the expected value. */
  public static void assertClose(float[] expected, float[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, what);
    for (int i = 0; i < expected.length; i++) {
      double allowed = tolerance * Math.max(1.0, Math.abs(expected[i]));
      assertEquals(expected[i], actual[i], allowed, what + " at " + i);
    }
  }

  private static float[] floats(List<?> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) numbers.get(i)).floatValue();
    }

    return floats;
  }

  private static String canonical(Object value) {
    if (value instanceof Config config) {
      List<String> entries = new ArrayList<>();
      config.keys().forEach(key -> entries.add(key + "=" + canonical(config.get(key))));
      return entries.toString();
    }

    if (value instanceof List<?> list) {
      return list.stream().map(LayerGoldens::canonical).toList().toString();
    }

    return value instanceof Number number ? "" + number.doubleValue() : "'" + value + "'";
  }
}
