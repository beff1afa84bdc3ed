package io.firesteel.regularizers;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.assertSameJson;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.PackageClasses;
import java.util.Arrays;
import java.util.HashSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegularizersTest {

  static Stream<Config> configs() {
    return LayerGoldens.configs(LayerGoldens.load("configs"), "cases").stream()
        .filter(golden -> "regularizer".equals(golden.get("kind")))
        .map(golden -> (Config) golden.get("serialized"));
  }

  static Stream<Config> penalties() {
    return LayerGoldens.configs(LayerGoldens.load("regularizers"), "cases").stream();
  }

  /** No penalty. */
  static final class Nothing extends Regularizer {
    @Override
    public float call(Shape shape, float[] weight) {
      return 0.0f;
    }

    @Override
    public void addGradient(Shape shape, float[] weight, float[] gradient) {}

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  @Test
  void everyClassIsRegistered() {
    assertEquals(
        new HashSet<>(PackageClasses.concrete(Regularizer.class)),
        new HashSet<>(Regularizers.classNames()));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void isReadAndWrittenAsKerasWritesIt(Config serialized) {
    assertSameJson(serialized, Regularizers.serialize(Regularizers.deserialize(serialized)));
  }

  @Test
  void everyNameOfKerasStandsForTheSameDefaults() {
    Config identifiers = (Config) LayerGoldens.load("identifiers").get("regularizer");
    for (String name : identifiers.keys()) {
      assertSameJson(identifiers.get(name), Regularizers.serialize(Regularizers.get(name)));
    }
  }

  @ParameterizedTest
  @MethodSource("penalties")
  void penaltyAndGradientAreThoseOfKeras(Config golden) {
    Regularizer regularizer = Regularizers.get(golden.get("serialized"));
    Shape shape = LayerGoldens.shape(golden, "shape");
    float[] weight = floats(golden, "weight");
    float expected = ((Number) golden.get("penalty")).floatValue();
    assertEquals(expected, regularizer.call(shape, weight), 1e-6 * Math.max(1.0, expected));

    float[] gradient = new float[weight.length];
    Arrays.fill(gradient, 2.0f);
    regularizer.addGradient(shape, weight, gradient);
    float[] gradients = floats(golden, "gradient");
    for (int i = 0; i < gradients.length; i++) {
      gradients[i] += 2.0f;
    }

    assertClose(gradients, gradient, 1e-6, "gradient");
    assertArrayEquals(floats(golden, "weight"), weight);
  }

  @ParameterizedTest
  @MethodSource("penalties")
  void gradientIsTheCentralDifference(Config golden) {
    Regularizer regularizer = Regularizers.get(golden.get("serialized"));
    Shape shape = LayerGoldens.shape(golden, "shape");
    float[] weight = floats(golden, "weight");
    float[] gradient = new float[weight.length];
    regularizer.addGradient(shape, weight, gradient);
    float h = 0x1.0p-8f;
    for (int i = 0; i < weight.length; i++) {
      float[] moved = weight.clone();
      moved[i] = weight[i] + h;
      double above = regularizer.call(shape, moved);
      moved[i] = weight[i] - h;
      double below = regularizer.call(shape, moved);
      if (weight[i] != 0.0f) {
        assertEquals((above - below) / (2 * h), gradient[i], 1e-3);
      }
    }
  }

  @Test
  void aRowOfZerosHasNoDirection() {
    OrthogonalRegularizer regularizer = OrthogonalRegularizer.of(1.0, "rows");
    float[] weight = {0, 0, 3, 4};
    float[] gradient = new float[4];
    assertEquals(0.0f, regularizer.call(Shape.of(2, 2), weight));
    regularizer.addGradient(Shape.of(2, 2), weight, gradient);
    assertArrayEquals(new float[4], gradient);
  }

  @Test
  void orthogonalRowsArePushedAsKerasPushesThem() {
    OrthogonalRegularizer regularizer = OrthogonalRegularizer.of(1.0, "rows");
    float[] gradient = new float[4];
    regularizer.addGradient(Shape.of(2, 2), new float[] {1, 0, 0, 2}, gradient);
    assertArrayEquals(new float[] {0, 1, 0.5f, 0}, gradient);
  }

  @Test
  void nullIsNone() {
    assertNull(Regularizers.get(null));
    assertNull(Regularizers.serialize(null));
  }

  @Test
  void customRegularizersAreRegistered() {
    Regularizers.register("test", Nothing.class, config -> new Nothing());
    Config serialized = Regularizers.serialize(new Nothing());
    assertEquals("test>Nothing", serialized.get("registered_name"));
    assertEquals(Nothing.class, Regularizers.get("test>Nothing").getClass());
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertEquals("L1: 'l1' must be finite and >= 0. Received: -1.0", message(() -> L1.of(-1)));
    assertEquals(
        "L2: 'l2' must be finite and >= 0. Received: NaN", message(() -> L2.of(Double.NaN)));
    assertEquals(
        "L1L2: 'l2' must be finite and >= 0. Received: Infinity",
        message(() -> L1L2.of(0, Double.POSITIVE_INFINITY)));
    assertEquals(
        "OrthogonalRegularizer: 'factor' must be finite and >= 0. Received: -1.0",
        message(() -> OrthogonalRegularizer.of(-1, "rows")));
    assertEquals(
        "OrthogonalRegularizer: 'mode' must be one of rows, columns. Received: row",
        message(() -> OrthogonalRegularizer.of(1, "row")));
    assertTrue(message(() -> Regularizers.get("l1_l2")).startsWith("Unknown regularizer 'l1_l2'."));
    for (String name : Regularizers.classNames()) {
      Config wrong =
          Config.builder()
              .put("class_name", name)
              .put("config", Config.builder().put("l3", 1).build())
              .build();
      assertTrue(
          message(() -> Regularizers.get(wrong))
              .startsWith(name + " does not know the field 'l3'."));
    }
  }

  @Test
  void orthogonalityNeedsAMatrixOfTwoVectors() {
    assertEquals(
        "OrthogonalRegularizer is for matrices only. Received the shape: (3,)",
        message(() -> OrthogonalRegularizer.of().checkShape(Shape.of(3))));
    assertEquals(
        "OrthogonalRegularizer needs at least two columns. Received the shape: (3, 1)",
        message(() -> OrthogonalRegularizer.of(1, "columns").checkShape(Shape.of(3, 1))));
    OrthogonalRegularizer.of().checkShape(Shape.of(3, 1));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
