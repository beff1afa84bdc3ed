package io.firesteel.initializers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The distributions and constants that initializers give. */
class DistributionTest {

  private static final Shape LARGE = Shape.of(300, 500);

  @Test
  void constantsFillTheShape() {
    Shape shape = Shape.of(2, 2);
    assertArrayEquals(new float[4], call(Initializers.get("Zeros"), shape));
    assertArrayEquals(new float[] {1, 1, 1, 1}, call(Initializers.get("Ones"), shape));
    assertArrayEquals(new float[] {0.1f, 0.1f, 0.1f, 0.1f}, call(Constant.of(0.1), shape));
    assertArrayEquals(new float[] {1}, call(Initializers.get("Ones"), Shape.scalar()));
  }

  @Test
  void identityIsCutOrFilledUp() {
    assertArrayEquals(new float[] {1, 0, 0, 0, 1, 0}, call(Identity.of(), Shape.of(2, 3)));
    assertArrayEquals(new float[] {2, 0, 0, 2, 0, 0}, call(Identity.of(2), Shape.of(3, 2)));
    assertEquals(2.0, Identity.of(2).getConfig().get("gain"));
    assertEquals(
        "Identity is for matrices only. Received the shape: (3,)",
        message(() -> call(Identity.of(), Shape.of(3))));
  }

  @Test
  void uniformNumbersFillTheirRange() {
    assertUniform(call(RandomUniform.of(), LARGE), -0.05, 0.05);
    assertUniform(call(RandomUniform.of(1, 4), LARGE), 1, 4);
    assertArrayEquals(new float[] {3, 3}, call(RandomUniform.of(3, 3), Shape.of(2)));
  }

  @Test
  void theUpperEndOfARangeIsNeverReached() {
    float next = Math.nextUp(1.0f);
    for (float value : call(RandomUniform.of(1.0f, next), LARGE)) {
      assertEquals(1.0f, value);
    }
  }

  @Test
  void normalNumbersHaveTheirMoments() {
    assertMoments(call(RandomNormal.of(), LARGE), 0.0, 0.05);
    float[] values = call(RandomNormal.of(3, 2), LARGE);
    assertMoments(values, 3.0, 2.0);
    assertEquals(0.0455, shareBeyond(values, 3.0, 4.0), 0.003);
  }

  @Test
  void truncatedNormalNumbersStayWithinTwoDeviations() {
    float[] values = call(TruncatedNormal.of(1, 0.5), LARGE);
    assertMoments(values, 1.0, 0.5 * 0.87962566);
    assertEquals(0.0, shareBeyond(values, 1.0, 1.0000001));
  }

  @Test
  void scalingInitializersHaveTheirVariance() {
    assertUniform(call(Initializers.get("GlorotUniform"), LARGE), Math.sqrt(6.0 / 800));
    assertUniform(call(Initializers.get("HeUniform"), LARGE), Math.sqrt(6.0 / 300));
    assertUniform(call(Initializers.get("LecunUniform"), LARGE), Math.sqrt(3.0 / 300));
    assertMoments(call(Initializers.get("GlorotNormal"), LARGE), 0.0, Math.sqrt(2.0 / 800));
    assertMoments(call(Initializers.get("HeNormal"), LARGE), 0.0, Math.sqrt(2.0 / 300));
    assertMoments(call(Initializers.get("LecunNormal"), LARGE), 0.0, Math.sqrt(1.0 / 300));
  }

  @Test
  void varianceScalingTakesModeDistributionAndAxes() {
    assertUniform(call(VarianceScaling.of(5, "fan_out", "uniform"), LARGE), Math.sqrt(15.0 / 500));
    float[] normal = call(VarianceScaling.of(1, "fan_avg", "untruncated_normal"), LARGE);
    assertMoments(normal, 0.0, 0.05);
    assertEquals(0.0455, shareBeyond(normal, 0.0, 0.1), 0.003);
    float[] cut = call(VarianceScaling.of(1, "fan_in", "Normal"), LARGE);
    assertMoments(cut, 0.0, Math.sqrt(1.0 / 300));
    assertEquals(0.0, shareBeyond(cut, 0.0, 2.0 / 0.8796 * Math.sqrt(1.0 / 300)));
    VarianceScaling turned = VarianceScaling.of().axes(List.of(1), List.of(0));
    assertMoments(call(turned, LARGE), 0.0, Math.sqrt(1.0 / 500));
  }

  @Test
  void fansAreThoseOfKeras() {
    for (Config golden : LayerGoldens.configs(LayerGoldens.load("fans"), "cases")) {
      List<?> fans = (List<?>) golden.get("fans");
      VarianceScaling.Fans actual =
          VarianceScaling.Fans.of(
              LayerGoldens.shape(golden, "shape"),
              axes(golden.get("input_axes")),
              axes(golden.get("output_axes")));
      assertEquals(List.of(actual.in(), actual.out()), fans);
    }

    assertEquals(
        "The axis 2 of an initializer is outside the shape (3, 4)",
        message(() -> VarianceScaling.Fans.of(Shape.of(3, 4), List.of(2), List.of(0))));
  }

  @Test
  void orthogonalMatricesAreOrthogonal() {
    assertOrthonormalColumns(call(Orthogonal.of(), Shape.of(40, 30)), 40, 30, 1.0);
    assertOrthonormalColumns(call(Orthogonal.of(3.0), Shape.of(5, 8, 30)), 40, 30, 9.0);
    assertOrthonormalColumns(transposed(call(Orthogonal.of(), Shape.of(30, 40))), 40, 30, 1.0);
    assertEquals(
        "Orthogonal needs a weight of at least two dimensions. Received the shape: (3,)",
        message(() -> call(Orthogonal.of(), Shape.of(3))));
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    assertEquals(
        "RandomUniform: 'minval' must not exceed 'maxval'. Received: minval=2.0, maxval=1.0",
        message(() -> RandomUniform.of(2, 1)));
    assertEquals(
        "RandomUniform: 'maxval' must be finite. Received: Infinity",
        message(() -> RandomUniform.of(2, Double.POSITIVE_INFINITY)));
    assertEquals(
        "RandomNormal: 'stddev' must be finite and >= 0. Received: -1.0",
        message(() -> RandomNormal.of(0, -1)));
    assertEquals(
        "TruncatedNormal: 'mean' must be finite. Received: NaN",
        message(() -> TruncatedNormal.of(Double.NaN, 1)));
    assertEquals(
        "Constant: 'value' must be finite. Received: NaN", message(() -> Constant.of(Double.NaN)));
    assertEquals(
        "VarianceScaling: 'scale' must be finite and > 0. Received: 0.0",
        message(() -> VarianceScaling.of(0, "fan_in", "uniform")));
    assertEquals(
        "VarianceScaling: 'mode' must be one of fan_in, fan_out, fan_avg. Received: fan",
        message(() -> VarianceScaling.of(1, "fan", "uniform")));
    assertEquals(
        "VarianceScaling: 'distribution' must be normal or one of truncated_normal,"
            + " untruncated_normal, uniform. Received: cauchy",
        message(() -> VarianceScaling.of(1, "fan_in", "cauchy")));
    Config config = Config.builder().put("input_axes", List.of(0.5)).build();
    assertEquals(
        "HeNormal: 'input_axes' must be a list of integers. Received: [0.5]",
        message(() -> Initializers.get("HeNormal", config.toMap())));
  }

  private static List<Integer> axes(Object list) {
    if (list == null) {
      return null;
    }

    List<Integer> axes = new ArrayList<>();
    ((List<?>) list).forEach(axis -> axes.add(((Number) axis).intValue()));
    return axes;
  }

  private static float[] call(Initializer initializer, Shape shape) {
    return initializer.call(shape, RandomStream.of(42));
  }

  private static void assertUniform(float[] values, double limit) {
    assertUniform(values, -limit, limit);
  }

  private static void assertUniform(float[] values, double from, double to) {
    double width = to - from;
    assertMoments(values, (from + to) / 2, width / Math.sqrt(12.0));
    double least = to;
    double most = from;
    for (float value : values) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }

    assertTrue(least >= (float) from && least < from + 0.001 * width, "least " + least);
    assertTrue(most < (float) to && most > to - 0.001 * width, "most " + most);
  }

  private static void assertMoments(float[] values, double mean, double stddev) {
    double sum = 0.0;
    for (float value : values) {
      sum += value;
    }

    double squares = 0.0;
    for (float value : values) {
      squares += (value - mean) * (value - mean);
    }

    assertEquals(mean, sum / values.length, 0.012 * stddev);
    assertEquals(stddev, Math.sqrt(squares / values.length), 0.012 * stddev);
  }

  private static double shareBeyond(float[] values, double mean, double distance) {
    int count = 0;
    for (float value : values) {
      count += Math.abs(value - mean) > distance ? 1 : 0;
    }

    return (double) count / values.length;
  }

  private static float[] transposed(float[] matrix) {
    float[] result = new float[matrix.length];
    for (int i = 0; i < 30; i++) {
      for (int j = 0; j < 40; j++) {
        result[j * 30 + i] = matrix[i * 40 + j];
      }
    }

    return result;
  }

  private static void assertOrthonormalColumns(float[] matrix, int rows, int columns, double norm) {
    for (int a = 0; a < columns; a++) {
      for (int b = 0; b < columns; b++) {
        double dot = 0.0;
        for (int i = 0; i < rows; i++) {
          dot += (double) matrix[i * columns + a] * matrix[i * columns + b];
        }

        assertEquals(a == b ? norm : 0.0, dot, 1e-6);
      }
    }
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
