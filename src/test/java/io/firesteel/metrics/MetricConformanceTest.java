package io.firesteel.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.PackageClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every metric: over the registry, and every option of its config in turn. */
class MetricConformanceTest {

  private static final int SAMPLES = 60;
  private static final int WIDTH = 6;

  private static final Map<String, Object> OPTIONS =
      Map.of(
          "threshold",
          0.3,
          "k",
          2L,
          "from_sorted_ids",
          true,
          "from_logits",
          true,
          "label_smoothing",
          0.1,
          "ignore_class",
          1L,
          "num_regressors",
          2L,
          "multi_label",
          true,
          "curve",
          "PR",
          "class_id",
          1L);

  /** Arguments without a default, or whose default several predictions a sample refuse. */
  private static final Map<String, Config> REQUIRED =
      Map.ofEntries(
          Map.entry("PrecisionAtRecall", Config.parse("{\"recall\":0.3}")),
          Map.entry("RecallAtPrecision", Config.parse("{\"precision\":0.3}")),
          Map.entry("SensitivityAtSpecificity", Config.parse("{\"specificity\":0.3}")),
          Map.entry("SpecificityAtSensitivity", Config.parse("{\"sensitivity\":0.3}")),
          Map.entry(
              "MeanMetricWrapper",
              Config.parse(
                  "{\"fn\":{\"class_name\":\"function\",\"config\":\"mean_squared_error\"}}")),
          Map.entry("F1Score", Config.parse("{\"average\":\"macro\"}")),
          Map.entry("FBetaScore", Config.parse("{\"average\":\"weighted\"}")),
          Map.entry(
              "IoU",
              Config.parse("{\"num_classes\":6,\"target_class_ids\":[0,2],\"dtype\":\"float32\"}")),
          Map.entry("MeanIoU", Config.parse("{\"num_classes\":6,\"dtype\":\"float32\"}")),
          Map.entry("BinaryIoU", Config.parse("{\"dtype\":\"float32\"}")),
          Map.entry(
              "OneHotIoU",
              Config.parse("{\"num_classes\":6,\"target_class_ids\":[1],\"dtype\":\"float32\"}")),
          Map.entry("OneHotMeanIoU", Config.parse("{\"num_classes\":6,\"dtype\":\"float32\"}")));

  static List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>();
    for (String name : Metrics.classNames()) {
      Metric plain = plain(name);
      metrics.add(plain);
      for (String key : new TreeSet<>(OPTIONS.keySet())) {
        boolean hidden = key.equals("from_sorted_ids") && name.startsWith("SparseTopK");
        if (plain.getConfig().has(key) || hidden) {
          metrics.add(with(plain, key, OPTIONS.get(key)));
        }
      }
    }

    return metrics;
  }

  private static Metric plain(String name) {
    return Metrics.get(
        Map.of("class_name", name, "config", REQUIRED.getOrDefault(name, Config.empty())));
  }

  private static Metric with(Metric metric, String key, @Nullable Object value) {
    Config serialized = Metrics.serialize(metric);
    return Metrics.deserialize(serialized.with("config", metric.getConfig().with(key, value)));
  }

  @Test
  void everyMetricOfThePackageIsRegistered() {
    assertEquals(
        new TreeSet<>(PackageClasses.concrete(Metric.class)),
        Metrics.classNames().stream()
            .map(name -> plain(name).getClass().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new)));
    for (String name : Metrics.classNames()) {
      assertEquals(name, plain(name).className());
    }
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void configRebuildsTheMetric(Metric metric) {
    Metric renamed = with(metric, "name", "other");
    assertEquals("other", renamed.name());
    Config serialized = Metrics.serialize(renamed);
    Metric rebuilt = Metrics.get(serialized.toJson());
    assertSame(metric.getClass(), rebuilt.getClass());
    assertEquals(serialized, Metrics.serialize(rebuilt));
    assertEquals("keras.metrics", serialized.get("module"));
    assertEquals(
        plain(String.valueOf(serialized.get("class_name"))).name(),
        with(metric, "name", null).name());
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void configRefusesWhatItDoesNotKnow(Metric metric) {
    String owner = metric.className();
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> with(metric, "epsilon", 1.0));
    assertEquals(
        (owner.equals("MeanMetricWrapper") ? "MeanSquaredError" : owner)
            + " does not know the field 'epsilon'",
        unknown.getMessage().substring(0, unknown.getMessage().indexOf(".")));
    IllegalArgumentException dtype =
        assertThrows(IllegalArgumentException.class, () -> with(metric, "dtype", "float64"));
    assertEquals(
        owner
            + (owner.endsWith("IoU")
                ? ": 'dtype' must be one of int32, int, float32. Received: float64"
                : ": 'dtype' must be float32 or null. Received: float64"),
        dtype.getMessage());
    if (!owner.endsWith("IoU")) {
      assertEquals(metric.getConfig(), with(metric, "dtype", null).getConfig());
    }
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void shardsMergeToTheWhole(Metric metric) {
    for (boolean weighted : new boolean[] {false, true}) {
      double[] whole = update(metric, 0, SAMPLES, weighted);
      for (int[] cuts : new int[][] {{30}, {1, 2, 3}, {0, 59}, {7, 7, 40, 60}}) {
        double[] merged = new double[whole.length];
        int from = 0;
        for (int cut : cuts) {
          add(merged, update(metric, from, cut, weighted));
          from = cut;
        }

        add(merged, update(metric, from, SAMPLES, weighted));
        Metric bound = metric.forWidth(WIDTH);
        double expected = bound.result(whole, 0);
        double error = 1e-13 * Math.max(1.0, Math.abs(expected)) * SAMPLES;
        assertEquals(expected, bound.result(merged, 0), error);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void countsOfUnweightedSamplesMergeExactly(Metric metric) {
    double[] merged = update(metric, 0, 23, false);
    add(merged, update(metric, 23, SAMPLES, false));
    double[] whole = update(metric, 0, SAMPLES, false);
    if (metric instanceof MeanMetric) {
      assertEquals(SAMPLES, whole[1]);
      assertEquals(whole[1], merged[1]);
    } else if (!(metric instanceof R2Score)) {
      assertArrayEquals(whole, merged);
    }
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void weightsOfOneChangeNothing(Metric metric) {
    if (metric.getConfig().get("ignore_class") != null) {
      return;
    }

    Metric bound = metric.forWidth(WIDTH);
    double[] plain = new double[bound.stateSize()];
    double[] weighted = new double[bound.stateSize()];
    float[] ones = new float[SAMPLES];
    Arrays.fill(ones, 1f);
    int labelWidth = labelWidth(metric);
    float[] labels = labels(metric);
    bound.update(labels, labelWidth, predictions(), WIDTH, SAMPLES, null, plain, 0);
    bound.update(labels, labelWidth, predictions(), WIDTH, SAMPLES, ones, weighted, 0);
    assertEquals(bound.result(plain, 0), bound.result(weighted, 0));
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void noSamplesGiveZero(Metric metric) {
    Metric bound = metric.forWidth(WIDTH);
    assertEquals(0.0, bound.result(new double[bound.stateSize()], 0));
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void onlyTheSumsOfTheMetricAreTouched(Metric metric) {
    Metric bound = metric.forWidth(WIDTH);
    double[] state = new double[bound.stateSize() + 2];
    state[0] = 9.0;
    state[state.length - 1] = 9.0;
    bound.update(labels(metric), labelWidth(metric), predictions(), WIDTH, 3, null, state, 1);
    assertEquals(9.0, state[0]);
    assertEquals(9.0, state[state.length - 1]);
    assertTrue(Arrays.stream(state, 1, state.length - 1).anyMatch(sum -> sum != 0.0));
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void widthsThatDoNotFitAreRefused(Metric metric) {
    assertNull(metric.checkWidths(labelWidth(metric), WIDTH));
    assertNotNull(metric.checkWidths(labelWidth(metric) + 1, WIDTH));
  }

  private static int labelWidth(Metric metric) {
    return metric.className().startsWith("Sparse") ? 1 : WIDTH;
  }

  /* One-hot rows, or class indices. */
  private static float[] labels(Metric metric) {
    RandomStream random = RandomStream.of(5);
    int width = labelWidth(metric);
    float[] labels = new float[SAMPLES * width];
    for (int i = 0; i < SAMPLES; i++) {
      int index = random.nextInt(WIDTH);
      if (width == 1) {
        labels[i] = index;
      } else {
        labels[i * width + index] = 1f;
      }
    }

    return labels;
  }

  private static float[] predictions() {
    RandomStream random = RandomStream.of(6);
    float[] predictions = new float[SAMPLES * WIDTH];
    for (int i = 0; i < predictions.length; i++) {
      predictions[i] = random.nextInt(7) / 7f;
    }

    return predictions;
  }

  private static double[] update(Metric metric, int from, int to, boolean weighted) {
    int labelWidth = labelWidth(metric);
    RandomStream random = RandomStream.of(7);
    float[] weights = new float[SAMPLES];
    for (int i = 0; i < SAMPLES; i++) {
      weights[i] = random.nextFloat();
    }

    Metric bound = metric.forWidth(WIDTH);
    double[] state = new double[bound.stateSize()];
    bound.update(
        Arrays.copyOfRange(labels(metric), from * labelWidth, to * labelWidth),
        labelWidth,
        Arrays.copyOfRange(predictions(), from * WIDTH, to * WIDTH),
        WIDTH,
        to - from,
        weighted ? Arrays.copyOfRange(weights, from, to) : null,
        state,
        0);
    return state;
  }

  private static void add(double[] sums, double[] others) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += others[i];
    }
  }
}
