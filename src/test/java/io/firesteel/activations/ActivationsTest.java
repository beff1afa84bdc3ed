package io.firesteel.activations;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ActivationsTest {

  /** y = factor * x. */
  static final class Scaled extends ActivationFunction {
    private final double factor;

    Scaled(double factor) {
      this.factor = factor;
    }

    @Override
    public void call(float[] x, float[] y, int vectors, int width) {
      for (int i = 0; i < vectors * width; i++) {
        y[i] = (float) factor * x[i];
      }
    }

    @Override
    public void backward(float[] x, float[] y, float[] gradient, int vectors, int width) {
      for (int i = 0; i < vectors * width; i++) {
        gradient[i] *= (float) factor;
      }
    }

    @Override
    public Config getConfig() {
      return Config.builder().put("factor", factor).build();
    }
  }

  @Test
  void reluPassesAGradientOnDownToTheSmallestResult() {
    float[] y = {0f, Float.MIN_VALUE, Float.MIN_NORMAL, 3f, Float.POSITIVE_INFINITY};
    float[] gradient = {-2f, -2f, 3e38f, Float.NEGATIVE_INFINITY, -2f};
    Activations.get("relu").backward(y, y, gradient, 1, 5);
    assertArrayEquals(new float[] {0f, -2f, 3e38f, Float.NEGATIVE_INFINITY, -2f}, gradient);
    float[] infinite = {Float.POSITIVE_INFINITY, Float.NaN};
    Activations.get("relu").backward(y, new float[2], infinite, 1, 2);
    assertArrayEquals(new float[] {0f, Float.NaN}, infinite);
  }

  @Test
  void nullIsLinear() {
    assertEquals("Linear", Activations.get(null).className());
    assertEquals("linear", Activations.serialize(Activations.get(null)));
  }

  @Test
  void anInstanceIsReturnedAsItIs() {
    ActivationFunction relu = Activations.get("relu");
    assertSame(relu, Activations.get(relu));
  }

  @Test
  void kerasFunctionConfigsAreRead() {
    Map<String, String> config = Map.of("class_name", "function", "config", "tanh");
    assertEquals("Tanh", Activations.get(Config.of(config)).className());
    assertEquals("Tanh", Activations.get(config).className());
  }

  @Test
  void whatDoesNotFitIsRefusedWithTheReason() {
    assertMessage(
        "The activation 'sparsemax' is not supported: Keras 3.15 computes something else under that"
            + " name (the sums are not 1)",
        "sparsemax");
    assertMessage("The activation 'glu' is not supported: it halves the last axis", "glu");
    assertMessage(
        "The activation 'threshold' is not supported: it has arguments without defaults",
        "threshold");
  }

  @Test
  void unknownNamesAreRefusedWithTheKnownOnes() {
    String message = message("rleu");
    assertTrue(message.startsWith("Unknown activation 'rleu'. Allowed: "), message);
    assertTrue(message.contains("hard_swish"), message);
    assertTrue(message(3).startsWith("Could not interpret the activation identifier 3."));
  }

  @Test
  void argumentsOfBuiltInsAreRefused() {
    Config config = Config.builder().put("negative_slope", 0.1).build();
    Config serialized =
        Config.builder().put("class_name", "LeakyRelu").put("config", config).build();
    assertEquals(
        "LeakyRelu does not know the field 'negative_slope'. Allowed: ", message(serialized));
  }

  @Test
  void customFunctionsAreWrittenAsObjects() {
    Activations.register(
        "test", Scaled.class, c -> new Scaled(c.reader("Scaled").number("factor")));
    Config serialized = (Config) Activations.serialize(new Scaled(3.0));
    assertEquals("test>Scaled", serialized.get("registered_name"));
    ActivationFunction again = Activations.get(serialized);
    float[] y = new float[1];
    again.call(new float[] {2}, y, 1, 1);
    assertEquals(6.0f, y[0]);
  }

  private static void assertMessage(String expected, Object identifier) {
    assertEquals(expected, message(identifier));
  }

  private static String message(Object identifier) {
    return assertThrows(IllegalArgumentException.class, () -> Activations.get(identifier))
        .getMessage();
  }
}
