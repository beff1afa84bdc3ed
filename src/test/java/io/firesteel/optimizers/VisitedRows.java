package io.firesteel.optimizers;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.Shape;
import io.firesteel.tensor.Tensor;
import io.firesteel.variables.Variable;
import java.util.Arrays;
import java.util.List;

/**
 * Tells which rows of a variable a step visits. The rows hold signalling NaNs, which any arithmetic
 * turns into quiet ones, and only leaving them alone keeps.
 */
final class VisitedRows {

  private static final int SIGNALLING = 0x7f800001;
  private static final int ROWS = 6;
  private static final int TOUCHED = 2;

  private VisitedRows() {}

  /** Makes a step with a gradient of one row, after some of all rows. */
  static boolean areTouchedOnesOnly(Optimizer optimizer) {
    Variable variable = Variable.of("kernel", "kernel", Shape.of(ROWS, 4), new float[4 * ROWS]);
    optimizer.build(List.of(variable));
    for (int step = 0; step < 3; step++) {
      Tensor ones = Tensor.zeros(variable.shape());
      Arrays.fill(ones.values(), 1);
      optimizer.applyGradients(List.of(new GradAndVar(ones, variable)));
    }

    float[] w = variable.values();
    Arrays.fill(w, Float.intBitsToFloat(SIGNALLING));
    float[] row = {1, 2, 3, 4};
    optimizer.applyGradients(
        List.of(
            new GradAndVar(RowSparse.wrap(variable.shape(), new int[] {TOUCHED}, row), variable)));
    assertNotEquals(SIGNALLING, Float.floatToRawIntBits(w[4 * TOUCHED]));
    boolean others = true;
    for (int i = 0; i < w.length; i++) {
      others &= i / 4 == TOUCHED || Float.floatToRawIntBits(w[i]) == SIGNALLING;
    }

    return others;
  }
}
