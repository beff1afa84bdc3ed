package io.firesteel.activations;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.PackageClasses;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every activation function. */
class ActivationConformanceTest {

  private static final Config GOLDEN = LayerGoldens.load("activations");
  private static final Config CASES = (Config) GOLDEN.get("cases");
  private static final float[] X = floats(GOLDEN, "x");
  private static final int WIDTH = ((Number) GOLDEN.get("width")).intValue();
  private static final int VECTORS = X.length / WIDTH;

  static Stream<String> names() {
    return CASES.keys().stream();
  }

  @Test
  void everyClassIsRegisteredAndHasAGolden() {
    Set<String> classes = new HashSet<>(PackageClasses.concrete(ActivationFunction.class));
    Set<String> registered = new HashSet<>();
    for (String name : Activations.names()) {
      registered.add(Activations.get(name).getClass().getSimpleName());
      assertEquals(Activations.get(name), Activations.get(Activations.get(name).className()));
      assertTrue(CASES.has(name), name);
    }

    assertEquals(classes, registered);
  }

  @ParameterizedTest
  @MethodSource("names")
  void isWrittenAsKerasWritesIt(String name) {
    Config golden = (Config) CASES.get(name);
    ActivationFunction function = Activations.get(name);
    assertEquals(golden.get("serialized"), Activations.serialize(function));
    assertSame(function, Activations.deserialize(golden.get("serialized")));
  }

  @ParameterizedTest
  @MethodSource("names")
  void computesWhatKerasComputes(String name) {
    Config golden = (Config) CASES.get(name);
    float[] y = call(name, X, VECTORS);
    assertClose(floats(golden, "y"), y, 5e-7, name);
    float[] gradient = floats(GOLDEN, "cotangent");
    backward(name, X, y, gradient);
    assertClose(floats(golden, "gradient"), gradient, 1e-6, name + "'s gradient");
  }

  @ParameterizedTest
  @MethodSource("names")
  void gradientIsTheCentralDifference(String name) {
    float h = 0x1.0p-7f;
    float[] x = {0.3f, -0.7f, 1.4f, -1.6f, 0.25f, -0.3f, 4.5f, -4.5f, 2.2f, 0.8f, -0.1f, 7.5f};
    int vectors = 3;
    int width = 4;
    float[] cotangent = {1, -2, 0.5f, 1.5f, 2, 1, -1, 0.25f, -0.5f, 1, 3, -1};
    float[] gradient = cotangent.clone();
    ActivationFunction function = Activations.get(name);
    float[] y = new float[x.length];
    function.call(x, y, vectors, width);
    function.backward(x, y, gradient, vectors, width);
    for (int i = 0; i < x.length; i++) {
      double above = weightedSum(function, x, i, h, cotangent, vectors, width);
      double below = weightedSum(function, x, i, -h, cotangent, vectors, width);
      double difference = (above - below) / (2 * h);
      assertEquals(
          difference, gradient[i], 3e-4 * Math.max(1.0, Math.abs(difference)), name + " at " + i);
    }
  }

  @ParameterizedTest
  @MethodSource("names")
  void mayWorkInPlaceAndOnTheFirstVectorsOnly(String name) {
    float[] expected = call(name, X, VECTORS);
    float[] inPlace = X.clone();
    Activations.get(name).call(inPlace, inPlace, VECTORS, WIDTH);
    assertArrayEquals(expected, inPlace);

    float[] two = call(name, X, 2);
    assertArrayEquals(Arrays.copyOf(expected, 2 * WIDTH), Arrays.copyOf(two, 2 * WIDTH));
    assertArrayEquals(
        new float[X.length - 2 * WIDTH], Arrays.copyOfRange(two, 2 * WIDTH, X.length));
  }

  @ParameterizedTest
  @MethodSource("names")
  void needsTheArgumentOnlyIfItSaysSo(String name) {
    if (Activations.get(name).needsInput()) {
      return;
    }

    float[] y = call(name, X, VECTORS);
    float[] expected = floats(GOLDEN, "cotangent");
    float[] actual = expected.clone();
    backward(name, X, y, expected);
    backward(name, y, y, actual);
    assertArrayEquals(expected, actual);
  }

  @ParameterizedTest
  @MethodSource("names")
  void takesNoVectorsAtAll(String name) {
    float[] nothing = new float[0];
    Activations.get(name).call(nothing, nothing, 0, WIDTH);
    Activations.get(name).backward(nothing, nothing, nothing, 0, WIDTH);
    assertEquals(0, nothing.length);
  }

  @ParameterizedTest
  @MethodSource("names")
  void passesOnNaN(String name) {
    float[] y = call(name, new float[] {Float.NaN, 1, 2, 3, 4, 5, 6, 7}, 1);
    boolean kept = List.of("soft_shrink", "hard_shrink").contains(name);
    assertEquals(!kept, Float.isNaN(y[0]), name);
  }

  @ParameterizedTest
  @MethodSource("names")
  void allocatesNothing(String name) {
    ActivationFunction function = Activations.get(name);
    float[] y = new float[X.length];
    float[] gradient = floats(GOLDEN, "cotangent");
    long bytes =
        AllocatedBytes.perCall(
            100,
            () -> {
              function.call(X, y, VECTORS, WIDTH);
              function.backward(X, y, gradient, VECTORS, WIDTH);
            });
    assertEquals(0, bytes);
  }

  @ParameterizedTest
  @MethodSource("names")
  void leavesNoDenormalGradients(String name) {
    ActivationFunction function = Activations.get(name);
    Random random = new Random(5);
    for (int round = 0; round < 2_000; round++) {
      float[] x = new float[WIDTH];
      float[] gradient = new float[WIDTH];
      for (int i = 0; i < WIDTH; i++) {
        x[i] = (float) random.nextGaussian() * (round % 50);
        gradient[i] = (float) random.nextGaussian() * 0x1p-100f;
      }

      float[] y = call(name, x, 1);
      function.backward(x, y, gradient, 1, WIDTH);
      for (float value : gradient) {
        assertFalse(value != 0 && Math.abs(value) < Float.MIN_NORMAL, name + ": " + value);
      }
    }
  }

  private static double weightedSum(
      ActivationFunction function,
      float[] x,
      int index,
      float change,
      float[] cotangent,
      int vectors,
      int width) {
    float[] moved = x.clone();
    moved[index] += change;
    float[] y = new float[x.length];
    function.call(moved, y, vectors, width);
    double sum = 0.0;
    for (int i = 0; i < y.length; i++) {
      sum += (double) cotangent[i] * y[i];
    }

    return sum;
  }

  private static float[] call(String name, float[] x, int vectors) {
    float[] y = new float[x.length];
    Activations.get(name).call(x, y, vectors, WIDTH);
    return y;
  }

  private static void backward(String name, float[] x, float[] y, float[] gradient) {
    Activations.get(name).backward(x, y, gradient, VECTORS, WIDTH);
  }
}
