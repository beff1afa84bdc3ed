package io.firesteel.internal.network;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.Batch;
import io.firesteel.internal.data.SparseRows;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Losses;
import io.firesteel.regularizers.L2;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.variables.VariableValues;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One pass over rows that end in sparse features. */
class SparseNetworkTest {

  private static final int BEFORE = 2;
  private static final int WIDTH = 12;
  private static final int ROWS = 5;

  private static Network network(Dense first) {
    return Network.of(
        "model",
        Shape.of(BEFORE + WIDTH),
        List.<Layer>of(
            Input.sparse(BEFORE + WIDTH).name("input"),
            first.activation("tanh").name("a"),
            Dense.of(2).name("b")),
        Losses.get("mse"),
        List.of());
  }

  private static VariableValues variables(Network network) {
    return VariableValues.copyOf(network.createVariables(7));
  }

  /** The second row has no entry, and no feature is touched beyond the eighth. */
  private static Batch batch() {
    RandomStream random = RandomStream.of(3);
    SparseRows sparse = new SparseRows(WIDTH);
    for (int row = 0; row < ROWS; row++) {
      int first = sparse.addRow(row == 1 ? 0 : 3);
      for (int k = first; k < sparse.starts()[row + 1]; k++) {
        sparse.indices()[k] = (k - first) * 2 + row % 3;
        sparse.values()[k] = (float) random.nextGaussian();
      }
    }

    float[] before = new float[ROWS * BEFORE];
    float[] labels = new float[ROWS * 2];
    float[] weights = {0.5f, 1.5f, 2.5f, 3.5f, 4.5f};
    for (int i = 0; i < before.length; i++) {
      before[i] = i % 3 == 0 ? 0 : (float) random.nextGaussian();
      labels[i] = (float) random.nextGaussian();
    }

    return new Batch(ROWS, before, sparse, labels, weights);
  }

  @Test
  void gradientsAreCentralDifferencesByRowsAndAsAWhole() {
    for (Dense first :
        List.of(Dense.of(3), Dense.of(1), Dense.of(3).kernelRegularizer(L2.of(0.0)))) {
      Network network = network(first);
      VariableValues variables = variables(network);
      NetworkPass pass = network.newPass();
      GradientSums sums = pass.computeGradients(variables, batch(), 1, 1.0f);
      float h = 0x1.0p-6f;
      for (int v = 0; v < variables.size(); v++) {
        RowSums rows = sums.rowSums(v);
        float[] gradient = rows == null ? sums.gradients()[v] : rows.toDense(BEFORE + WIDTH);
        float[] values = variables.values(v);
        for (int i = 0; i < values.length; i++) {
          float value = values[i];
          values[i] = value + h;
          double above = pass.evaluate(variables, batch()).loss();
          values[i] = value - h;
          double below = pass.evaluate(variables, batch()).loss();
          values[i] = value;
          assertEquals((above - below) / (2 * h), gradient[i], 3e-3, v + " " + i);
        }
      }
    }
  }

  @Test
  void onlyTouchedRowsAreSummedWithTheBitsOfTheWhole() {
    Network byRows = network(Dense.of(3).useBias(false));
    Network whole = network(Dense.of(3).useBias(false).kernelRegularizer(L2.of(0.0)));
    GradientSums rows = byRows.newGradientSums();
    for (int i = 0; i < 2; i++) {
      byRows.newPass().computeGradients(variables(byRows), batch(), 1, 2.0f, rows);
    }

    GradientSums sums = whole.newPass().computeGradients(variables(whole), batch(), 1, 2.0f);
    assertNull(sums.rowSums(0));
    assertEquals(0, rows.gradients()[0].length);
    assertTrue(rows.rowSums(0).size() <= BEFORE + 7, rows.rowSums(0).size() + " rows");
    assertArrayEquals(sums.gradients()[0], rows.rowSums(0).toDense(BEFORE + WIDTH));
    for (int v = 1; v < 3; v++) {
      assertArrayEquals(sums.gradients()[v], rows.gradients()[v]);
    }
  }

  @Test
  void sumsOfShardsAreThoseOfWholeGradients() {
    Network byRows = network(Dense.of(3));
    Network whole = network(Dense.of(3).kernelRegularizer(L2.of(0.0)));
    GradientSums rows = byRows.newPass().computeGradients(variables(byRows), batch(), 1, 1.0f);
    GradientSums sums = whole.newPass().computeGradients(variables(whole), batch(), 1, 1.0f);
    rows.add(byRows.newPass().computeGradients(variables(byRows), batch(), 1, 3.0f));
    sums.add(whole.newPass().computeGradients(variables(whole), batch(), 1, 3.0f));

    assertArrayEquals(sums.gradients()[0], rows.rowSums(0).toDense(BEFORE + WIDTH));
    assertEquals(2 * ROWS, rows.totals().rows());
  }

  @Test
  void aStepAllocatesNothing() {
    Network network = network(Dense.of(3));
    VariableValues variables = variables(network);
    GradientSums sums = network.newGradientSums();
    NetworkPass pass = network.newPass();
    Batch batch = batch();
    long bytes =
        AllocatedBytes.perCall(1000, () -> pass.computeGradients(variables, batch, 1, 1.0f, sums));
    assertTrue(bytes < 64, bytes + " bytes a step");
  }

  @Test
  void wrongFeaturesAreRefused() {
    Network network = network(Dense.of(3));
    NetworkPass pass = network.newPass();
    Batch batch = batch();
    assertEquals(
        "The model model takes sparse features. Received dense ones",
        message(
            () ->
                pass.evaluate(
                    variables(network),
                    new Batch(ROWS, new float[ROWS * 14], batch.labels(), null))));
    assertEquals(
        "5 sparse rows need 14 features at most. Received: 5 rows of 15",
        message(() -> pass.predict(variables(network), new float[0], rows(15), 5, new float[10])));
    assertEquals(
        "6 sparse rows need 14 features at most. Received: 5 rows of 14",
        message(() -> pass.predict(variables(network), new float[0], rows(14), 6, new float[12])));
    assertEquals(
        "5 rows of features need 4 values each. Received 10 values",
        message(
            () -> pass.predict(variables(network), batch.features(), rows(10), 5, new float[10])));
    Network dense =
        Network.of(
            "model",
            Shape.of(3),
            List.<Layer>of(Dense.of(2).name("b")),
            Losses.get("mse"),
            List.of());
    assertEquals(
        "The model model takes dense features. Received sparse ones",
        message(
            () ->
                dense
                    .newPass()
                    .predict(variables(dense), new float[0], rows(3), 5, new float[10])));
  }

  private static SparseRows rows(int width) {
    SparseRows rows = new SparseRows(width);
    for (int row = 0; row < ROWS; row++) {
      rows.addRow(0);
    }

    return rows;
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
