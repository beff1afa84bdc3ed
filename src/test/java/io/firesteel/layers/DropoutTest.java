package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DropoutTest {

  private static final Shape ROW = Shape.of(1000);
  private static final int ROWS = 100;

  @Test
  void dropsTheShareAndScalesTheRest() {
    for (double rate : new double[] {0.1, 0.5, 0.9}) {
      float[] output = forward(Dropout.of(rate), 1, true);
      double kept = 0;
      for (float value : output) {
        if (value != 0.0f) {
          assertEquals(2.0f / (float) (1.0 - rate), value);
          kept++;
        }
      }

      assertEquals(1.0 - rate, kept / output.length, 0.005);
    }
  }

  @Test
  void dropsRowsAndColumnsAlike() {
    float[] output = forward(Dropout.of(0.5), 2, true);
    for (int line = 0; line < ROWS; line++) {
      int inRow = 0;
      int inColumn = 0;
      for (int i = 0; i < ROWS; i++) {
        inRow += output[line * 1000 + i] == 0.0f ? 1 : 0;
        inColumn += output[i * 1000 + line] == 0.0f ? 1 : 0;
      }

      assertEquals(50, inRow, 25);
      assertEquals(50, inColumn, 25);
    }
  }

  @Test
  void dependsOnTheSeedOfTheCallAlone() {
    float[] output = forward(Dropout.of(0.5), 3, true);
    assertArrayEquals(output, forward(Dropout.of(0.5), 3, true));
    assertFalse(Arrays.equals(output, forward(Dropout.of(0.5), 4, true)));
  }

  @Test
  void anOwnSeedIsMixedIn() {
    float[] output = forward(Dropout.of(0.5).seed(7), 3, true);
    assertArrayEquals(output, forward(Dropout.of(0.5).seed(7), 3, true));
    assertFalse(Arrays.equals(output, forward(Dropout.of(0.5).seed(8), 3, true)));
    assertFalse(Arrays.equals(output, forward(Dropout.of(0.5).seed(7), 4, true)));
    assertFalse(Arrays.equals(output, forward(Dropout.of(0.5), 3, true)));
  }

  @Test
  void passesItsInputOnOutsideTraining() {
    float[] twos = new float[ROWS * 1000];
    Arrays.fill(twos, 2.0f);
    assertArrayEquals(twos, forward(Dropout.of(0.5), 1, false));
    assertArrayEquals(twos, forward(Dropout.of(0.0), 1, true));
  }

  @Test
  void theGradientTakesTheSamePath() {
    FakeCall call = new FakeCall(ROWS, ROW.size(), ROW.size(), 5);
    Arrays.fill(call.input, 2.0f);
    Arrays.fill(call.outputGradient, 2.0f);
    Dropout layer = Dropout.of(0.3);
    layer.forward(ROW, call);
    layer.backward(ROW, call);
    assertArrayEquals(call.output, call.inputGradient);
  }

  @Test
  void valuesOfANoiseShapeGoTogether() {
    Shape row = Shape.of(50, 10, 2);
    FakeCall call = new FakeCall(ROWS, row.size(), row.size(), 1);
    call.training = true;
    Arrays.fill(call.input, 2.0f);
    for (int axis = 0; axis < 3; axis++) {
      Integer[] extents = new Integer[4];
      extents[axis + 1] = 1;
      Dropout layer = Dropout.of(0.3).noiseShape(extents);
      assertEquals(row, layer.computeOutputShape(row));
      layer.forward(row, call);
      int stride = new int[] {20, 2, 1}[axis];
      int dropped = 0;
      int alone = 0;
      for (int i = 0; i < call.output.length; i++) {
        boolean isFirst = i / stride % row.dim(axis) == 0;
        dropped += call.output[i] == 0.0f ? 1 : 0;
        alone += !isFirst && call.output[i] != call.output[i - stride] ? 1 : 0;
      }

      assertEquals(0, alone);
      assertEquals(0.3, dropped / (double) call.output.length, 0.02);
    }
  }

  @Test
  void aNoiseShapeIsKeptAndChecked() {
    Dropout layer = Dropout.of(0.3).noiseShape(null, 1, null);
    assertEquals("[null, 1, null]", String.valueOf(layer.getConfig().get("noise_shape")));
    assertEquals(layer.getConfig(), Dropout.fromConfig(layer.getConfig()).getConfig());
    AlphaDropout alpha = AlphaDropout.of(0.3).noiseShape(null, 1, null);
    assertEquals(alpha.getConfig(), AlphaDropout.fromConfig(alpha.getConfig()).getConfig());
    assertRefused("Received: [null, 1, null] for rows of shape (3,)", layer, Shape.of(3));
    assertRefused("rows of shape (2, 3)", Dropout.of(0.3).noiseShape(null, 2, 2), Shape.of(2, 3));
    assertThrows(IllegalArgumentException.class, () -> alpha.noiseShape(20, 1, 10));
    assertThrows(IllegalArgumentException.class, () -> layer.noiseShape(null, 0));
    assertThrows(IllegalArgumentException.class, () -> layer.noiseShape());
  }

  private static void assertRefused(String message, Layer layer, Shape input) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> layer.computeOutputShape(input));
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }

  private static float[] forward(Dropout layer, long seed, boolean training) {
    FakeCall call = new FakeCall(ROWS, ROW.size(), ROW.size(), seed);
    call.training = training;
    Arrays.fill(call.input, 2.0f);
    layer.forward(ROW, call);
    return call.output;
  }
}
