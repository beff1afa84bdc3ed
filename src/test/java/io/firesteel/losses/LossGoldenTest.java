package io.firesteel.losses;

import static io.firesteel.testing.LossGoldens.configs;
import static io.firesteel.testing.LossGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.LossGoldens;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses against Keras 3.15.1 on JAX, in float32. */
class LossGoldenTest {

  private static final Config GOLDEN = LossGoldens.read("losses.json");

  static List<Config> cases() {
    return configs(GOLDEN, "cases");
  }

  static List<Config> defaults() {
    return configs(GOLDEN, "defaults");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfKeras(Config golden) {
    Loss loss = Losses.get(golden.get("loss"));
    float[] predictions = floats(golden, "predictions");
    float[] gradient = new float[predictions.length];
    float[] losses = call(loss, golden, gradient);
    assertClose(floats(golden, "losses"), losses, "loss");
    assertClose(floats(golden, "gradient"), gradient, "gradient");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void reductionsAreThoseOfKeras(Config golden) {
    Loss loss = Losses.get(golden.get("loss"));
    float[] losses = call(loss, golden, null);
    float[] labels = floats(golden, "labels");
    float[] weights = floats(golden, "weights");
    Config reduced = golden.reader("golden").config("reduced");
    for (String id : reduced.keys()) {
      Config expected = reduced.reader("golden").config(id);
      long samples = 0;
      double weight = 0.0;
      double weightedSum = 0.0;
      double plainSum = 0.0;
      for (int i = 0; i < losses.length; i++) {
        if (loss.takesPart(labels, i)) {
          samples++;
          weight += weights[i];
          weightedSum += (double) losses[i] * weights[i];
          plainSum += losses[i];
        }
      }

      Reduction reduction = Reduction.of(id);
      assertClose(
          expected.reader("golden").number("plain"), reduction.reduce(plainSum, samples, samples));
      assertClose(
          expected.reader("golden").number("weighted"),
          reduction.reduce(weightedSum, samples, weight));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void labelsOfKerasCasesAreAllowed(Config golden) {
    Loss loss = Losses.get(golden.get("loss"));
    float[] labels = floats(golden, "labels");
    assertNull(loss.checkLabels(labels, floats(golden, "losses").length, width(golden)));
  }

  @ParameterizedTest
  @MethodSource("defaults")
  void defaultConfigsAreThoseOfKeras(Config serialized) {
    String name = serialized.reader("golden").string("class_name");
    boolean required = name.equals("Dice") || name.equals("Tversky");
    Config ours = Losses.serialize(Losses.get(required ? serialized : name));
    assertEquals(serialized.toJson(), ours.toJson());
  }

  @Test
  void everyNameOfKerasIsUnderstood() {
    Config identifiers = GOLDEN.reader("golden").config("identifiers");
    for (String name : identifiers.keys()) {
      if (!name.toLowerCase(Locale.ROOT).matches("dice|tversky")) {
        assertEquals(identifiers.get(name), Losses.get(name).className(), name);
      }
    }

    TreeSet<String> builtIn = new TreeSet<>(Losses.names());
    builtIn.removeIf(name -> name.contains(">"));
    // Keras has the class, but forgets it among the names.
    builtIn.removeAll(
        List.of("CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy"));
    assertEquals(new TreeSet<>(identifiers.keys()), builtIn);
  }

  @Test
  void everyRegisteredLossHasGoldenNumbers() {
    TreeSet<String> covered = new TreeSet<>();
    for (Config golden : cases()) {
      covered.add(Losses.get(golden.get("loss")).className());
    }

    assertEquals(new TreeSet<>(Losses.classNames()), covered);
    assertEquals("3.15.1", GOLDEN.get("keras"));
  }

  private static float[] call(Loss loss, Config golden, float @Nullable [] gradient) {
    float[] losses = new float[floats(golden, "losses").length];
    loss.call(
        floats(golden, "labels"),
        floats(golden, "predictions"),
        losses.length,
        width(golden),
        losses,
        gradient);
    return losses;
  }

  private static int width(Config golden) {
    return (int) golden.reader("golden").integer("width");
  }

  private static void assertClose(float[] expected, float[] actual, String what) {
    for (int i = 0; i < expected.length; i++) {
      double bound = 2e-7 + 2e-6 * Math.abs(expected[i]);
      double error = Math.abs((double) expected[i] - actual[i]);
      String text = "%s %d: expected %s, was %s".formatted(what, i, expected[i], actual[i]);
      assertTrue(error <= bound, text);
    }
  }

  private static void assertClose(double expected, double actual) {
    assertEquals(expected, actual, 1e-7 + 2e-6 * Math.abs(expected));
  }
}
