package io.firesteel.internal.network;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.firesteel.internal.data.Batch;
import io.firesteel.layers.Add;
import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.FMInteraction;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.GlobalAveragePooling1D;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.losses.BinaryCrossentropy;
import io.firesteel.saving.Config;
import io.firesteel.tensor.RowSparse;
import io.firesteel.tensor.RowSums;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Models of several kinds of columns, with parts that pass each other. */
class FeatureNetworkTest {

  private static final int[] VOCABULARIES = {5, 3, 4};

  /** The graph of src/test/python/golden_features.py, with the products by one layer. */
  private static Network deepFm() {
    KerasTensor numeric = Input.of(3).name("numeric").output();
    List<KerasTensor> inputs = new ArrayList<>(List.of(numeric));
    List<KerasTensor> linear = new ArrayList<>();
    List<KerasTensor> vectors = new ArrayList<>();
    for (int f = 0; f < VOCABULARIES.length; f++) {
      KerasTensor ids = Input.of(1).dtype("int32").name("ids_" + f).output();
      inputs.add(ids);
      Embedding weight = Embedding.of(VOCABULARIES[f], 1).name("weight_" + f);
      linear.add(Flatten.of().name("flat_weight_" + f).call(weight.call(ids)));
      vectors.add(Embedding.of(VOCABULARIES[f], 4).name("table_" + f).call(ids));
    }

    KerasTensor sparse = Input.of(7).name("sparse").output();
    inputs.add(sparse);
    KerasTensor all =
        Concatenate.of().axis(1).name("vectors").call(vectors.toArray(KerasTensor[]::new));
    KerasTensor flat = Flatten.of().name("flat").call(all);
    KerasTensor features = Concatenate.of().name("features").call(numeric, flat);
    KerasTensor hidden = Dense.of(5).activation("tanh").name("hidden").call(features);
    linear.add(0, Dense.of(1).name("wide").call(numeric));
    linear.add(1, Dense.of(1).useBias(false).name("hashed").call(sparse));
    linear.add(Dense.of(1).name("head").call(hidden));
    linear.add(FMInteraction.of().name("products").call(all));
    return network(inputs, Add.of().name("logit").call(linear.toArray(KerasTensor[]::new)));
  }

  @Test
  void aDeepFactorizationMachineIsThatOfKerasFunctionalApi() {
    Config golden = LayerGoldens.load("features");
    Network network = deepFm();
    List<String> order =
        List.of(
            "wide/bias",
            "wide/kernel",
            "weight_0/embeddings",
            "table_0/embeddings",
            "weight_1/embeddings",
            "table_1/embeddings",
            "weight_2/embeddings",
            "table_2/embeddings",
            "hashed/kernel",
            "hidden/kernel",
            "hidden/bias",
            "head/kernel",
            "head/bias");
    List<String> paths =
        network.variables().stream()
            .map(variable -> variable.path().replaceFirst("^model/", ""))
            .toList();
    assertEquals(new HashSet<>(order), new HashSet<>(paths));
    float[][] given = LayerGoldens.matrix(golden, "weights");
    float[][] values = new float[given.length][];
    for (int i = 0; i < given.length; i++) {
      values[paths.indexOf(order.get(i))] = given[i];
    }

    VariableValues weights = VariableValues.wrap(values);
    int rows = ((Number) golden.get("rows")).intValue();
    float[] logits = new float[rows];
    network.newPass().predict(weights, floats(golden, "x"), rows, logits);
    assertClose(floats(golden, "logits"), logits, 2e-6, "logits");
    Batch batch = new Batch(rows, floats(golden, "x"), floats(golden, "y"), null);
    GradientSums sums = network.newPass().computeGradients(weights, batch, 1, 1.0f);
    assertEquals(((Number) golden.get("loss")).doubleValue(), sums.totals().loss(), 1e-5);
    float[][] expected = LayerGoldens.matrix(golden, "gradients");
    for (int i = 0; i < expected.length; i++) {
      float[] gradient = gradient(network, sums, paths.indexOf(order.get(i)));
      assertClose(expected[i], gradient, 5e-6, order.get(i));
    }
  }

  /** Returns ids before a table of weights and one of vectors, as factorization machines have. */
  private static Network machine(@Nullable String regularizer) {
    KerasTensor ids = Input.of(2).dtype("int32").name("ids").output();
    Embedding weights = Embedding.of(20_000, 1).embeddingsRegularizer(regularizer).name("weights");
    Embedding vectors = Embedding.of(20_000, 4).embeddingsRegularizer(regularizer).name("vectors");
    KerasTensor linear = GlobalAveragePooling1D.of().name("linear").call(weights.call(ids));
    KerasTensor products = FMInteraction.of().name("products").call(vectors.call(ids));
    KerasTensor both = Concatenate.of().name("both").call(linear, products);
    return network(List.of(ids), Dense.of(1).name("head").call(both));
  }

  @Test
  void touchedRowsOfTablesHaveTheBitsOfWholeTables() {
    Network rows = machine(null);
    Network whole = machine("l2");
    VariableValues variables = VariableValues.copyOf(rows.createVariables(1));
    float[] ids = {3, 8999, 19_999, 3, 3, 8999, 0, 0};
    Batch batch = new Batch(4, ids, new float[] {1, 0, 0, 1}, null);
    GradientSums byRows = rows.newPass().computeGradients(variables, batch, 1, 1.0f);
    GradientSums expected = whole.newPass().computeGradients(variables, batch, 1, 1.0f);
    for (int table : new int[] {0, 1}) {
      assertNotNull(byRows.rowSums(table));
      assertNull(expected.rowSums(table));
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

  private static Network network(List<KerasTensor> inputs, KerasTensor output) {
    return Network.of(
        LayerGraph.of("model", inputs, List.of(output)),
        List.of(
            new Objective(
                BinaryCrossentropy.builder().fromLogits().build(), 1.0, List.of(), List.of())));
  }
}
