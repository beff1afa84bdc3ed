package io.firesteel.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

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

  private static float[] forward(Dropout layer, long seed, boolean training) {
    FakeCall call = new FakeCall(ROWS, ROW.size(), ROW.size(), seed);
    call.training = training;
    Arrays.fill(call.input, 2.0f);
    layer.forward(ROW, call);
    return call.output;
  }
}
