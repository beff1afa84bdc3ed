package io.firesteel.metrics;

import static io.firesteel.testing.LossGoldens.configs;
import static io.firesteel.testing.LossGoldens.floats;
import static io.firesteel.testing.LossGoldens.nullableFloats;
import static io.firesteel.testing.LossGoldens.strings;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.testing.LossGoldens;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Metrics against Keras 3.15.1 on JAX, in float32. */
class MetricGoldenTest {

  private static final Config GOLDEN = LossGoldens.read("metrics.json");

  static List<Config> cases() {
    return configs(GOLDEN, "cases");
  }

  static List<Config> defaults() {
    return configs(GOLDEN, "defaults");
  }

  static List<Config> compiled() {
    return configs(GOLDEN, "compiled");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void resultsOverBatchesAreThoseOfKeras(Config golden) {
    Metric metric = Metrics.get(golden.get("metric")).forWidth(width(golden));
    double[] state = new double[metric.stateSize() + 1];
    for (Config batch : configs(golden, "batches")) {
      update(metric, batch, state);
    }

    double expected = golden.reader("golden").number("result");
    assertEquals(expected, metric.result(state, 1), 2e-6 * Math.max(1.0, Math.abs(expected)));
    float[] several = nullableFloats(golden, "results");
    assertEquals(several == null ? 1 : several.length, metric.resultSize());
    for (int i = 0; several != null && i < several.length; i++) {
      double bound = 2e-6 * Math.max(1.0, Math.abs(several[i]));
      assertEquals(several[i], metric.result(state, 1, i), bound);
    }
  }

  private static int width(Config golden) {
    return (int) configs(golden, "batches").get(0).reader("golden").integer("width");
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void defaultConfigsAreThoseOfKeras(Config serialized) {
    String name = serialized.reader("golden").string("class_name");
    boolean required = name.contains("At") || name.matches(".*IoU|MeanMetricWrapper");
    Config ours = Metrics.serialize(Metrics.get(required ? serialized : name));
    String zero = "\"label_smoothing\":0(?!\\.)";
    String json = serialized.toJson().replaceAll(zero, "\"label_smoothing\":0.0");
    assertEquals(json, ours.toJson());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void configsOfKerasComeBackAsTheyWere(Config golden) {
    Config serialized = golden.reader("golden").config("metric");
    Config config = Metrics.serialize(Metrics.get(serialized)).reader("golden").config("config");
    assertEquals(List.copyOf(config.keys()), List.copyOf(config(serialized).keys()));
    for (String key : config.keys()) {
      Object expected = config(serialized).get(key);
      if (expected instanceof Number number) {
        assertEquals(number.doubleValue(), config.reader("golden").number(key), key);
      } else {
        assertEquals(expected, config.get(key), key);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("compiled")
  void namesResolveByWidthsAsInKeras(Config golden) {
    ConfigReader reader = golden.reader("golden");
    String identifier = reader.string("identifier");
    int width = (int) reader.integer("width");
    int labelWidth = (int) reader.integer("labelWidth");
    boolean metric = reader.string("kind").equals("metric");
    if (metric && reader.string("class").equals("MeanSquaredError") && width != labelWidth) {
      assertThrows(
          IllegalArgumentException.class, () -> Metrics.resolve(identifier, width, labelWidth));
      return;
    }

    if (metric) {
      Metric resolved = Metrics.resolve(identifier, width, labelWidth);
      assertEquals(reader.string("class"), resolved.className());
      assertEquals(reader.string("name"), resolved.name());
    } else {
      Loss resolved = Losses.resolve(identifier, width, labelWidth);
      assertEquals(reader.string("class"), resolved.className());
      assertEquals(reader.string("name"), resolved.name());
    }
  }

  @Test
  void metricsOfOneNameAreLoggedUnderDifferentNames() {
    Config golden = GOLDEN.reader("golden").config("logNames");
    List<Metric> metrics = new ArrayList<>();
    for (String name : strings(golden, "given")) {
      metrics.add(Metrics.resolve(name, 5, 5));
    }

    assertEquals(strings(golden, "logged"), Metrics.logNames(metrics, metrics.size()));
    List<Metric> twice =
        Stream.of("mse", "mse", "mae", "mse", "mse")
            .map(name -> Metrics.resolve(name, 5, 5))
            .toList();
    assertEquals(
        List.of("mse", "mse_1", "mae", "weighted_mse", "weighted_mse_1"),
        Metrics.logNames(twice, 3));
  }

  @Test
  void everyNameOfKerasIsUnderstood() {
    Config identifiers = GOLDEN.reader("golden").config("identifiers");
    for (String name : identifiers.keys()) {
      if (Metrics.names().contains(name)
          && !name.matches(".*(At|_at_|IoU|io_u|ean_?[Mm]etric_?[Ww]).*")) {
        assertEquals(identifiers.get(name), Metrics.get(name).className(), name);
      }
    }

    TreeSet<String> builtIn = new TreeSet<>(Metrics.names());
    builtIn.removeIf(name -> name.contains(">"));
    assertEquals(new TreeSet<>(identifiers.keys()), builtIn);
  }

  @Test
  void everyRegisteredMetricHasGoldenNumbers() {
    TreeSet<String> covered = new TreeSet<>();
    for (Config golden : cases()) {
      covered.add(Metrics.get(golden.get("metric")).className());
    }

    assertEquals(new TreeSet<>(Metrics.classNames()), covered);
    assertEquals("3.15.1", GOLDEN.get("keras"));
  }

  private static Config config(Config serialized) {
    return serialized.reader("golden").config("config");
  }

  private static void update(Metric metric, Config batch, double[] state) {
    int labelWidth = (int) batch.reader("golden").integer("labelWidth");
    int width = (int) batch.reader("golden").integer("width");
    float[] predictions = floats(batch, "predictions");
    metric.update(
        floats(batch, "labels"),
        labelWidth,
        predictions,
        width,
        predictions.length / width,
        nullableFloats(batch, "weights"),
        state,
        1);
  }
}
