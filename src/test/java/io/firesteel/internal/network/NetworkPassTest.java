package io.firesteel.internal.network;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.Batch;
import io.firesteel.layers.Activation;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Layer;
import io.firesteel.losses.Losses;
import io.firesteel.losses.SparseCategoricalCrossentropy;
import io.firesteel.metrics.Metrics;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.variables.VariableValues;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NetworkPassTest {

  private static final Shape INPUT = Shape.of(2, 3);
  private static final Network NETWORK =
      network(
          Dense.of(8).activation("gelu").name("a"),
          Dropout.of(0.3).name("drop"),
          Flatten.of().name("flat"),
          Dense.of(6).activation("relu").name("b"),
          Dense.of(4).name("c"),
          Activation.of("softmax").name("d"));

  @Test
  void theSumsOfABatchAreThoseOfItsRows() {
    Network network = network(Dense.of(5).activation("tanh").name("a"), Dense.of(4).name("b"));
    VariableValues variables = variables(network);
    Batch batch = batch(network, 7, 1, true);
    NetworkPass pass = network.newPass();
    GradientSums whole = pass.computeGradients(variables, batch, 1, 1.0f);
    GradientSums parts = pass.computeGradients(variables, rows(network, batch, 0, 3), 1, 1.0f);
    parts.add(pass.computeGradients(variables, rows(network, batch, 3, 7), 1, 1.0f));
    assertEquals(whole.totals().rows(), parts.totals().rows());
    assertEquals(14, parts.totals().samples());
    assertEquals(whole.totals().weights(), parts.totals().weights(), 1e-9);
    assertEquals(whole.totals().loss(), parts.totals().loss(), 1e-9);
    assertArrayEquals(whole.totals().metrics(), parts.totals().metrics(), 1e-9);
    for (int i = 0; i < whole.gradients().length; i++) {
      assertClose(whole.gradients()[i], parts.gradients()[i], 2e-6, "gradient " + i);
    }
  }

  @Test
  void weightsMultiplyLossesAndGradientsButNotMetrics() {
    Network network = network(Dense.of(4).name("a"));
    VariableValues variables = variables(network);
    Batch plain = batch(network, 2, 1, false);
    NetworkPass pass = network.newPass();
    GradientSums first = pass.computeGradients(variables, rows(network, plain, 0, 1), 1, 1.0f);
    GradientSums second = pass.computeGradients(variables, rows(network, plain, 1, 2), 1, 1.0f);
    Batch weighted = new Batch(2, plain.features(), plain.labels(), new float[] {0.5f, 3});
    GradientSums sums = pass.computeGradients(variables, weighted, 1, 1.0f);
    assertEquals(4, sums.totals().samples());
    assertEquals(7.0, sums.totals().weights());
    assertEquals(
        0.5 * first.totals().loss() + 3 * second.totals().loss(), sums.totals().loss(), 1e-6);
    assertEquals(sums.totals().loss(), pass.evaluate(variables, weighted).loss());
    for (int i = 0; i < sums.gradients().length; i++) {
      float[] expected = new float[sums.gradients()[i].length];
      for (int j = 0; j < expected.length; j++) {
        expected[j] = 0.5f * first.gradients()[i][j] + 3 * second.gradients()[i][j];
      }

      assertClose(expected, sums.gradients()[i], 1e-6, "gradient " + i);
    }

    first.add(second);
    assertArrayEquals(first.totals().metrics(), sums.totals().metrics(), 1e-9);
  }

  @Test
  void samplesThatTakeNoPartAreNotCounted() {
    Network network =
        Network.of(
            "net",
            Shape.of(2),
            List.of(Dense.of(3).name("a")),
            SparseCategoricalCrossentropy.builder().fromLogits().ignoreClass(-1L).build(),
            List.of());
    float[] features = {1, 2, 3, 4, 5, 6};
    Batch some = new Batch(3, features, new float[] {0, -1, 2}, new float[] {0.5f, 7, 2});
    GradientSums sums = network.newPass().computeGradients(variables(network), some, 1, 1.0f);

    assertEquals(3, sums.totals().rows());
    assertEquals(2, sums.totals().samples());
    assertEquals(2.5, sums.totals().weights());
  }

  @Test
  void theLossScaleMultipliesGradientsAlone() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 5, 1, true);
    GradientSums plain = NETWORK.newPass().computeGradients(variables, batch, 1, 1.0f);
    GradientSums scaled = NETWORK.newPass().computeGradients(variables, batch, 1, 1024.0f);
    assertEquals(plain.totals().loss(), scaled.totals().loss());
    assertArrayEquals(plain.totals().metrics(), scaled.totals().metrics());
    for (int i = 0; i < plain.gradients().length; i++) {
      float[] expected = plain.gradients()[i].clone();
      for (int j = 0; j < expected.length; j++) {
        expected[j] *= 1024.0f;
      }

      assertArrayEquals(expected, scaled.gradients()[i]);
    }
  }

  @Test
  void gradientsOfAWholeNetworkAreCentralDifferences() {
    Network network =
        network(
            Dense.of(8).activation("gelu").name("a"),
            Flatten.of().name("flat"),
            Dense.of(6).activation("tanh").name("b"),
            Dense.of(4).activation("softmax").name("c"));
    VariableValues variables = variables(network);
    Batch batch = batch(network, 4, 1, true);
    NetworkPass pass = network.newPass();
    float[][] gradients = pass.computeGradients(variables, batch, 1, 1.0f).gradients();
    float h = 0x1.0p-6f;
    for (int v = 0; v < variables.size(); v++) {
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
  void frozenVariablesHaveNoGradient() {
    Layer first = Dense.of(5).activation("tanh").name("a");
    Layer last = Dense.of(4).name("c");
    Network free = network(first, Dense.of(5).name("b"), last);
    Network frozen = network(first, Dense.of(5).trainable(false).name("b"), last);
    Network below =
        network(
            Dense.of(5).activation("tanh").trainable(false).name("a"), Dense.of(5).name("b"), last);
    VariableValues variables = variables(free);
    Batch batch = batch(free, 3, 1, false);
    float[][] all = free.newPass().computeGradients(variables, batch, 1, 1.0f).gradients();
    assertArrayEquals(
        new float[][] {all[0], all[1], all[4], all[5]},
        frozen.newPass().computeGradients(variables, batch, 1, 1.0f).gradients());
    assertArrayEquals(
        new float[][] {all[2], all[3], all[4], all[5]},
        below.newPass().computeGradients(variables, batch, 1, 1.0f).gradients());
  }

  @Test
  void aNetworkWithoutTrainableVariablesHasNoGradients() {
    Network network = network(Dense.of(4).trainable(false).name("a"));
    Batch batch = batch(network, 3, 1, false);
    GradientSums sums = network.newPass().computeGradients(variables(network), batch, 1, 1.0f);
    assertEquals(0, sums.gradients().length);
    assertTrue(sums.totals().loss() > 0.0);
  }

  @Test
  void evaluationHasNoGradientsAndDropsNothing() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 5, 1, false);
    Totals totals = NETWORK.newPass().evaluate(variables, batch);
    assertEquals(5, totals.rows());
    Network without =
        network(
            Dense.of(8).activation("gelu").name("a"),
            Flatten.of().name("flat"),
            Dense.of(6).activation("relu").name("b"),
            Dense.of(4).name("c"),
            Activation.of("softmax").name("d"));
    assertEquals(without.newPass().evaluate(variables, batch).loss(), totals.loss());
    assertFalse(
        NETWORK.newPass().computeGradients(variables, batch, 1, 1.0f).totals().loss()
            == totals.loss());
  }

  @Test
  void theSeedDecidesWhatIsDropped() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 5, 1, false);
    NetworkPass pass = NETWORK.newPass();
    double loss = pass.computeGradients(variables, batch, 1, 1.0f).totals().loss();
    assertEquals(loss, pass.computeGradients(variables, batch, 1, 1.0f).totals().loss());
    assertFalse(loss == pass.computeGradients(variables, batch, 2, 1.0f).totals().loss());
  }

  @Test
  void eachLayerDropsOnItsOwn() {
    Network network =
        Network.of(
            "model",
            Shape.of(200),
            List.of(
                Dropout.of(0.5).name("a"),
                Dropout.of(0.5).name("b"),
                Dense.of(200).kernelInitializer("identity").useBias(false).name("c")),
            Losses.get("mse"),
            List.of());
    float[] ones = new float[100 * 200];
    Arrays.fill(ones, 1.0f);
    Batch batch = new Batch(100, ones, new float[100 * 200], null);
    GradientSums sums = network.newPass().computeGradients(variables(network), batch, 1, 1.0f);
    // A quarter of the values is left, each four times as large; one mask twice would leave half.
    assertEquals(4.0, sums.totals().loss() / 100, 0.2);
  }

  @Test
  void resultsDoNotDependOnEarlierBatches() {
    VariableValues variables = variables(NETWORK);
    VariableValues others = VariableValues.copyOf(NETWORK.createVariables(99));
    NetworkPass used = NETWORK.newPass();
    used.computeGradients(others, batch(NETWORK, 40, 2, true), 3, 5.0f);
    used.evaluate(others, batch(NETWORK, 60, 3, false));
    for (int rows : new int[] {1, 7, 33, 2}) {
      Batch batch = batch(NETWORK, rows, rows, true);
      assertSame(
          NETWORK.newPass().computeGradients(variables, batch, 5, 1.0f),
          used.computeGradients(variables, batch, 5, 1.0f));
      assertSame(NETWORK.newPass().evaluate(variables, batch), used.evaluate(variables, batch));
    }
  }

  @Test
  void everyThreadGetsTheSameBits() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 37, 1, true);
    GradientSums expected = NETWORK.newPass().computeGradients(variables, batch, 5, 1.0f);
    List<CompletableFuture<GradientSums>> futures = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      futures.add(
          CompletableFuture.supplyAsync(
              () -> NETWORK.newPass().computeGradients(variables, batch, 5, 1.0f)));
    }

    futures.forEach(future -> assertSame(expected, future.join()));
  }

  @Test
  void noRowsGiveZeros() {
    Batch none = new Batch(0, new float[0], new float[0], new float[0]);
    GradientSums sums = NETWORK.newPass().computeGradients(variables(NETWORK), none, 1, 1.0f);
    assertEquals(0, sums.totals().rows());
    assertEquals(0, sums.totals().samples());
    assertEquals(0.0, sums.totals().weights());
    assertEquals(0.0, sums.totals().loss());
    for (float[] gradient : sums.gradients()) {
      assertArrayEquals(new float[gradient.length], gradient);
    }

    NETWORK.newPass().predict(variables(NETWORK), new float[0], 0, new float[0]);
  }

  @Test
  void inputsAreNotWrittenTo() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 5, 1, true);
    NETWORK.newPass().computeGradients(variables, batch, 1, 2.0f);
    Batch same = batch(NETWORK, 5, 1, true);
    assertArrayEquals(same.features(), batch.features());
    assertArrayEquals(same.labels(), batch.labels());
    assertArrayEquals(same.weights(), batch.weights());
    assertArrayEquals(variables(NETWORK).values(), variables.values());
  }

  @Test
  void allocatesNothing() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 256, 1, true);
    NetworkPass pass = NETWORK.newPass();
    float[] output = new float[256 * 4];
    long predicting =
        AllocatedBytes.perCall(1000, () -> pass.predict(variables, batch.features(), 256, output));
    assertTrue(predicting < 64, predicting + " bytes a prediction");
    Totals evaluation = NETWORK.newTotals();
    long evaluating =
        AllocatedBytes.perCall(1000, () -> pass.evaluate(variables, batch, evaluation));
    assertTrue(evaluating < 64, evaluating + " bytes an evaluation");
    GradientSums sums = NETWORK.newGradientSums();
    long training =
        AllocatedBytes.perCall(1000, () -> pass.computeGradients(variables, batch, 1, 1.0f, sums));
    assertTrue(training < 64, training + " bytes a step");
  }

  @Test
  void whatSumsHeldBeforeDoesNotMatter() {
    VariableValues variables = variables(NETWORK);
    NetworkPass pass = NETWORK.newPass();
    GradientSums used = pass.computeGradients(variables, batch(NETWORK, 9, 5, true), 2, 2.0f);
    Batch batch = batch(NETWORK, 5, 1, false);
    pass.computeGradients(variables, batch, 1, 1.0f, used);
    assertSame(pass.computeGradients(variables, batch, 1, 1.0f), used);
    Totals evaluated = pass.evaluate(variables, batch(NETWORK, 9, 5, true));
    pass.evaluate(variables, batch, evaluated);
    assertSame(pass.evaluate(variables, batch), evaluated);
  }

  @Test
  void wrongBatchesAndVariablesAreRefused() {
    VariableValues variables = variables(NETWORK);
    Batch batch = batch(NETWORK, 2, 1, false);
    NetworkPass pass = NETWORK.newPass();
    assertEquals(
        "The network model has 6 variables. Received: 1",
        message(() -> pass.evaluate(VariableValues.wrap(new float[1][]), batch)));
    float[][] wrong = variables.values().clone();
    wrong[1] = new float[3];
    assertEquals(
        "The variable model/a/bias of shape (8,) holds 8 values. Received: 3",
        message(() -> pass.computeGradients(VariableValues.wrap(wrong), batch, 1, 1.0f)));
    assertEquals(
        "3 rows of features need 6 values each. Received 12 values",
        message(() -> pass.predict(variables, batch.features(), 3, new float[12])));
    assertEquals(
        "2 rows of output need 4 values each. Received 7 values",
        message(() -> pass.predict(variables, batch.features(), 2, new float[7])));
    assertEquals(
        "2 rows of labels need 4 values each. Received 7 values",
        message(
            () -> pass.evaluate(variables, new Batch(2, batch.features(), new float[7], null))));
    assertEquals(
        "2 rows of weights need 1 values each. Received 1 values",
        message(
            () ->
                pass.evaluate(
                    variables, new Batch(2, batch.features(), batch.labels(), new float[1]))));
    assertEquals(
        "-1 rows of features need 6 values each. Received 12 values",
        message(() -> pass.predict(variables, batch.features(), -1, new float[12])));
  }

  private static void assertSame(GradientSums expected, GradientSums actual) {
    assertArrayEquals(expected.arrays(), actual.arrays());
    assertSame(expected.totals(), actual.totals());
  }

  private static void assertSame(Totals expected, Totals actual) {
    assertArrayEquals(expected.metrics(), actual.metrics());
    assertEquals(expected.loss(), actual.loss());
    assertEquals(expected.weights(), actual.weights());
    assertEquals(expected.samples(), actual.samples());
    assertEquals(expected.rows(), actual.rows());
  }

  private static Network network(Layer... layers) {
    return Network.of(
        "model",
        INPUT,
        List.of(layers),
        Losses.get("mse"),
        List.of(Metrics.get("categorical_accuracy")));
  }

  private static VariableValues variables(Network network) {
    return VariableValues.copyOf(network.createVariables(7));
  }

  private static Batch batch(Network network, int rows, long seed, boolean weighted) {
    float[] weights = weighted ? random(rows, seed + 2) : null;
    return new Batch(
        rows,
        random(rows * network.inputShape().size(), seed),
        random(rows * network.labelWidth(), seed + 1),
        weights);
  }

  private static Batch rows(Network network, Batch batch, int from, int to) {
    int features = network.inputShape().size();
    int labels = network.labelWidth();
    float[] weights = batch.weights();
    return new Batch(
        to - from,
        Arrays.copyOfRange(batch.features(), from * features, to * features),
        Arrays.copyOfRange(batch.labels(), from * labels, to * labels),
        weights == null ? null : Arrays.copyOfRange(weights, from, to));
  }

  private static float[] random(int size, long seed) {
    RandomStream random = RandomStream.of(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }

    return values;
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
