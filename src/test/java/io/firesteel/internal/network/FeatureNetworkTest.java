package io.firesteel.internal.network;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.internal.data.Batch;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.FeatureBlock;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.IdColumn;
import io.firesteel.layers.Layer;
import io.firesteel.layers.SkipConnection;
import io.firesteel.layers.Slice;
import io.firesteel.losses.BinaryCrossentropy;
import io.firesteel.losses.Losses;
import io.firesteel.saving.Config;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.variables.VariableValues;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Models of several kinds of columns, with parts that pass each other. */
class FeatureNetworkTest {

  private static final FeatureBlock FEATURES =
      FeatureBlock.of()
          .numeric("a", "b", "c")
          .ids(IdColumn.of("d", 5, 4), IdColumn.of("e", 3, 4), IdColumn.of("f", 4, 4))
          .name("features");

  @Test
  void aDeepFactorizationMachineIsThatOfKerasFunctionalApi() {
    Config golden = LayerGoldens.load("features");
    Network network =
        network(
            FEATURES.sparse("g", 7).linear(true).interactions("fm"),
            Slice.of(2, 15).name("slice"),
            Dense.of(5).activation("tanh").name("hidden"),
            Dense.of(1).name("head"),
            SkipConnection.of("features", 0, 2).name("skip"));
    VariableValues weights = VariableValues.wrap(LayerGoldens.matrix(golden, "weights"));
    int rows = ((Number) golden.get("rows")).intValue();
    float[] logits = new float[rows];
    network.newPass().predict(weights, floats(golden, "x"), rows, logits);
    assertClose(floats(golden, "logits"), logits, 2e-6, "logits");
    Batch batch = new Batch(rows, floats(golden, "x"), floats(golden, "y"), null);
    GradientSums sums = network.newPass().computeGradients(weights, batch, 1, 1.0f);
    assertEquals(((Number) golden.get("loss")).doubleValue(), sums.totals().loss(), 1e-5);
    float[][] expected = LayerGoldens.matrix(golden, "gradients");
    for (int i = 0; i < expected.length; i++) {
      assertClose(expected[i], gradient(network, sums, i), 5e-6, network.variables().get(i).path());
    }
  }

  @Test
  void theGradientOfAnOutputIsTheSumOfThoseOfAllThatReadIt() {
    Network network =
        network(
            Dense.of(3).activation("tanh").inputShape(4).name("a"),
            Dense.of(3).activation("tanh").name("b"),
            SkipConnection.of("a", 0, 3).name("residual"),
            Dense.of(1).name("c"),
            SkipConnection.of("a", 1, 2).name("more"),
            SkipConnection.of("b", 0, 1).name("most"));
    VariableValues variables = VariableValues.copyOf(network.createVariables(3));
    Batch batch = new Batch(2, new float[] {1, -2, 0.5f, 3, -1, 1, 2, 0}, new float[] {1, 0}, null);
    NetworkPass pass = network.newPass();
    float[][] gradients = pass.computeGradients(variables, batch, 1, 1.0f).gradients();
    float h = 0x1.0p-6f;
    for (int v = 0; v < gradients.length; v++) {
      float[] values = variables.values(v);
      for (int i = 0; i < values.length; i++) {
        float value = values[i];
        values[i] = value + h;
        double above = pass.evaluate(variables, batch).loss();
        values[i] = value - h;
        double below = pass.evaluate(variables, batch).loss();
        values[i] = value;
        assertEquals((above - below) / (2 * h), gradients[v][i], 1e-3);
      }
    }
  }

  @Test
  void whatWasSkippedBeforeDoesNotMatter() {
    Network network =
        network(
            Dense.of(1).inputShape(1).name("a"),
            Dense.of(1).name("b"),
            SkipConnection.of("a", 0, 1).name("c"));
    VariableValues variables = VariableValues.copyOf(network.createVariables(1));
    Batch three = new Batch(3, new float[] {1, 2, 3}, new float[] {1, 0, 1}, null);
    Batch one = new Batch(1, new float[] {2}, new float[] {1}, null);
    NetworkPass pass = network.newPass();
    pass.computeGradients(variables, three, 1, 1.0f);
    assertArrayEquals(
        network.newPass().computeGradients(variables, one, 1, 1.0f).gradients(),
        pass.computeGradients(variables, one, 1, 1.0f).gradients());
  }

  @Test
  void aFrozenLayerCanBePassed() {
    Network network =
        network(
            Dense.of(2).inputShape(1).trainable(false).name("a"),
            Dense.of(1).name("b"),
            SkipConnection.of("a", 0, 2).name("c"));
    VariableValues variables = VariableValues.copyOf(network.createVariables(1));
    Batch batch = new Batch(1, new float[] {2}, new float[] {1}, null);
    GradientSums sums = network.newPass().computeGradients(variables, batch, 1, 1.0f);
    assertEquals(2, sums.gradients().length);
  }

  @Test
  void touchedRowsOfTablesHaveTheBitsOfWholeTables() {
    FeatureBlock block =
        FeatureBlock.of()
            .ids(IdColumn.of("d", 20_000, 4), IdColumn.of("e", 9000, 4))
            .linear(true)
            .interactions("fm")
            .name("features");
    Layer slice = Slice.of(0, 2).name("slice");
    Layer head = Dense.of(1).name("head");
    Network rows = network(block, slice, head);
    Network whole = network(block.linearRegularizer("l2").embeddingsRegularizer("l2"), slice, head);
    VariableValues variables = VariableValues.copyOf(rows.createVariables(1));
    float[] ids = {3, 8999, 19_999, 3, 3, 8999, 0, 0};
    Batch batch = new Batch(4, ids, new float[] {1, 0, 0, 1}, null);
    GradientSums byRows = rows.newPass().computeGradients(variables, batch, 1, 1.0f);
    GradientSums expected = whole.newPass().computeGradients(variables, batch, 1, 1.0f);
    for (int table : new int[] {1, 2, 3, 4}) {
      assertNotNull(byRows.rowSums(table));
      assertArrayEquals(expected.gradients()[table], gradient(rows, byRows, table));
    }
  }

  /** Returns the gradient of a variable as a whole. */
  private static float[] gradient(Network network, GradientSums all, int index) {
    RowSums sums = all.rowSums(index);
    if (sums == null) {
      return all.gradients()[index];
    }

    Shape shape = network.variables().get(index).weight().shape();
    float[] values = Arrays.copyOf(sums.values(), sums.size() * sums.rowSize());
    int[] rows = Arrays.copyOf(sums.rows(), sums.size());
    return RowSparse.wrap(shape, rows, values).toDense().values();
  }

  @Test
  void idsOfOneColumnHaveTheBitsOfAnEmbedding() {
    Layer head = Dense.of(1).name("head");
    Network block = network(FeatureBlock.of().ids(IdColumn.of("d", 5, 3)).name("features"), head);
    Network embedding =
        network(Embedding.of(5, 3).inputShape(1).name("features"), Flatten.of().name("flat"), head);
    VariableValues variables = VariableValues.copyOf(block.createVariables(1));
    Batch batch = new Batch(3, new float[] {4, 0, 4}, new float[] {1, 0, 0}, null);
    GradientSums expected = embedding.newPass().computeGradients(variables, batch, 1, 1.0f);
    GradientSums actual = block.newPass().computeGradients(variables, batch, 1, 1.0f);
    assertEquals(expected.totals().loss(), actual.totals().loss());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(gradient(embedding, expected, i), gradient(block, actual, i));
    }
  }

  @Test
  void aLinearBlockIsADenseLayer() {
    FeatureBlock numeric = FeatureBlock.of().numeric("a", "b", "c").linear(true);
    Network block = network(numeric.name("features"), Slice.of(0, 1).name("logit"));
    Network dense = network(Dense.of(1).inputShape(3).name("dense"));
    float[] kernel = {0.5f, -1, 2};
    float[] bias = {0.25f};
    Batch batch = new Batch(2, new float[] {1, 2, 3, -1, 0.5f, 0.1f}, new float[] {1, 0}, null);
    float[][] expected =
        dense
            .newPass()
            .computeGradients(VariableValues.wrap(new float[][] {kernel, bias}), batch, 1, 1.0f)
            .gradients();
    float[][] actual =
        block
            .newPass()
            .computeGradients(VariableValues.wrap(new float[][] {bias, kernel}), batch, 1, 1.0f)
            .gradients();
    assertClose(expected[0], actual[1], 1e-6, "kernel");
    assertClose(expected[1], actual[0], 1e-6, "bias");
  }

  @Test
  void onlyEarlierLayersThatComputeCanBeRead() {
    assertEquals(
        "The layer 'skip' reads the output of 'head', which is no earlier layer that computes."
            + " Those are: [features]",
        message(FEATURES, SkipConnection.of("head", 0, 15).name("skip")));
    assertEquals(
        "The layer 'skip' does not take rows of shape [(15,), (15,)]: SkipConnection adds 2 values"
            + " to vectors whose width must divide that. Received the shape: (15,)",
        message(FEATURES, SkipConnection.of("features", 0, 2).name("skip")));
    assertEquals(
        "The layer 'skip' does not take rows of shape [(15,), (15,)]: SkipConnection needs vectors"
            + " of at least 16 values of the layer 'features'. Received the shape: (15,)",
        message(FEATURES, SkipConnection.of("features", 1, 15).name("skip")));
    assertEquals(
        "SkipConnection: 'first' must not be negative, and 'count' must be at least 1. Received:"
            + " first=-1, count=0",
        message(() -> SkipConnection.of("features", -1, 0)));
    assertEquals(
        "The layer 'slice' does not take rows of shape (15,): Slice needs vectors of at least 16"
            + " values. Received the shape: (15,)",
        message(FEATURES, Slice.of(15, 1).name("slice")));
    assertEquals(
        "Slice: 'first' must not be negative, and 'count' must be at least 1. Received: first=0,"
            + " count=0",
        message(() -> Slice.of(0, 0)));
  }

  private static Network network(Layer... layers) {
    return Network.of(
        "model",
        layers[0].inputShape(),
        List.of(layers),
        layers[layers.length - 1] instanceof Flatten
            ? Losses.get("mse")
            : BinaryCrossentropy.builder().fromLogits().build(),
        List.of());
  }

  private static String message(Layer... layers) {
    return message(() -> network(layers));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
