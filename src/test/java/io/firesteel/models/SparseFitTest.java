package io.firesteel.models;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.callbacks.Callback;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Dropout;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Flatten;
import io.firesteel.layers.Input;
import io.firesteel.layers.InputLayer;
import io.firesteel.layers.Normalization;
import io.firesteel.optimizers.Adagrad;
import io.firesteel.optimizers.Adam;
import io.firesteel.optimizers.Ftrl;
import io.firesteel.optimizers.Optimizer;
import io.firesteel.optimizers.SGD;
import io.firesteel.regularizers.L2;
import io.firesteel.testing.SparseExamples;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import io.firesteel.training.TrainingData;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Models with sparse inputs and embeddings, over a whole fit. */
class SparseFitTest {

  private static final int WIDTH = 40;
  private static final SparseExamples EXAMPLES = new SparseExamples(200, WIDTH, 9);
  private static final Map<String, Supplier<Optimizer>> OPTIMIZERS =
      Map.of(
          "sgd", () -> SGD.builder().learningRate(0.1).build(),
          "momentum", () -> SGD.builder().learningRate(0.1).momentum(0.9).nesterov(true).build(),
          "adagrad", () -> Adagrad.builder().learningRate(0.1).build(),
          "adam", () -> Adam.builder().learningRate(0.1).globalClipnorm(0.05).build(),
          "decayed", () -> Adam.builder().learningRate(0.1).weightDecay(0.01).build(),
          "averaged", () -> SGD.builder().useEma(true).gradientAccumulationSteps(3).build(),
          "ftrl", () -> Ftrl.builder().learningRate(0.1).clipnorm(0.05).build());

  private static Sequential model(Optimizer optimizer, Dense first) {
    Sequential model =
        new Sequential()
            .seed(4)
            .add(Input.sparse(WIDTH))
            .add(first)
            .add(Dense.of(1).activation("sigmoid"));
    model.compile(optimizer, "binary_crossentropy", "accuracy");
    return model;
  }

  private static Dense hidden() {
    return Dense.of(6).activation("relu");
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().epochs(4).batchSize(48).shards(3).seed(9).verbose(0);
  }

  private static String outcome(Sequential model, TrainingData data) {
    return outcome(model, data, options());
  }

  private static String outcome(Sequential model, TrainingData data, FitOptions.Builder options) {
    return model.fit(data, options.build()).history() + model.weightsSha256();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "adagrad", "adam", "decayed", "averaged", "ftrl"})
  void sumsOfRowsGiveTheBitsOfWholeGradients(String optimizer) {
    Sequential byRows = model(OPTIMIZERS.get(optimizer).get(), hidden());
    Sequential whole =
        model(OPTIMIZERS.get(optimizer).get(), hidden().kernelRegularizer(L2.of(0.0)));
    assertTrue(byRows.built().network().variables().get(0).byRows());
    assertEquals(false, whole.built().network().variables().get(0).byRows());

    assertEquals(outcome(whole, EXAMPLES.local()), outcome(byRows, EXAMPLES.local()));
  }

  @Test
  void anEmbeddingGivesTheBitsOfWholeGradients() {
    float[][] ids = new float[90][3];
    float[] labels = new float[90];
    for (int row = 0; row < 90; row++) {
      ids[row] = new float[] {row % 7, row % 11, (row * row) % 50};
      labels[row] = row % 5;
    }

    LocalData data = LocalData.of(ids, labels);
    assertEquals(
        outcome(embedding(Embedding.of(50, 4).embeddingsRegularizer(L2.of(0.0))), data),
        outcome(embedding(Embedding.of(50, 4)), data));
  }

  private static Sequential embedding(Embedding first) {
    Sequential model =
        new Sequential().seed(4).add(Input.of(3)).add(first).add(Flatten.of()).add(Dense.of(1));
    model.compile(Adagrad.builder().learningRate(0.1).build(), "mse");
    return model;
  }

  @Test
  void lazyOptimizersLeaveRowsThatNoBatchTouches() {
    SparseExamples few = new SparseExamples(60, 500, 3);
    float[] before = wide("lazy", few).variables().get(0).values().clone();
    Sequential lazy = wide("lazy", few);
    lazy.fit(few.local(), options().build());
    float[] after = lazy.variables().get(0).values();
    float[][] rows = few.dense();
    for (int i = 0; i < 500; i++) {
      int feature = i;
      boolean touched = Arrays.stream(rows).anyMatch(row -> row[feature] != 0);
      assertEquals(touched, before[i] != after[i], "feature " + i);
    }
  }

  private static Sequential wide(String name, SparseExamples examples) {
    Sequential model =
        new Sequential(name)
            .seed(4)
            .add(Input.sparse(examples.dense()[0].length))
            .add(Dense.of(1).activation("sigmoid"));
    model.compile(Adam.builder().lazy(true).learningRate(0.1).build(), "binary_crossentropy");
    return model;
  }

  @Test
  void columnsBeforeASparseVectorGiveTheBitsOfOneVector() {
    FitOptions.Builder inOrder = options().shuffle(false);
    Sequential one = model(Adam.builder().build(), hidden());
    Sequential two = model(Adam.builder().build(), hidden());

    assertEquals(
        outcome(one, EXAMPLES.local(), inOrder),
        outcome(two, EXAMPLES.localWithColumns(5), inOrder));
    assertArrayEquals(one.predict(EXAMPLES.local()), two.predict(EXAMPLES.localWithColumns(5)));
    assertEquals(one.evaluate(EXAMPLES.local()), two.evaluate(EXAMPLES.localWithColumns(5)));
  }

  @Test
  void isCloseToTheSameRowsAsADenseInput() {
    FitOptions.Builder inOrder = options().shuffle(false);
    Sequential sparse = model(SGD.builder().learningRate(0.1).build(), hidden());
    sparse.fit(EXAMPLES.local().weights(EXAMPLES.weights()), inOrder.build());
    Sequential dense =
        new Sequential()
            .seed(4)
            .add(Input.of(WIDTH))
            .add(hidden())
            .add(Dense.of(1).activation("sigmoid"));
    dense.compile(SGD.builder().learningRate(0.1).build(), "binary_crossentropy", "accuracy");
    LocalData rows = LocalData.of(EXAMPLES.dense(), EXAMPLES.labels()).weights(EXAMPLES.weights());
    dense.fit(rows, inOrder.build());

    for (int v = 0; v < 4; v++) {
      assertClose(
          dense.variables().get(v).values(), sparse.variables().get(v).values(), 1e-5, "v" + v);
    }

    float[][] expected = dense.predict(EXAMPLES.dense());
    float[][] actual = sparse.predict(EXAMPLES.local());
    for (int row = 0; row < expected.length; row++) {
      assertClose(expected[row], actual[row], 1e-5, "row " + row);
    }
  }

  @Test
  void threadsAndShardsBeyondTheRowsChangeNoBit() {
    String expected = outcome(model(Adam.builder().build(), hidden()), EXAMPLES.local().threads(1));

    assertEquals(
        expected, outcome(model(Adam.builder().build(), hidden()), EXAMPLES.local().threads(3)));
    FitOptions.Builder many = options().shards(13).batchSize(5);
    assertEquals(
        outcome(model(Adam.builder().build(), hidden()), EXAMPLES.local().threads(1), many),
        outcome(model(Adam.builder().build(), hidden()), EXAMPLES.local().threads(4), many));
  }

  @Test
  void anArchiveKeepsTheSparseInput(@TempDir Path folder) throws Exception {
    Sequential model = model(Adam.builder().build(), hidden());
    model.fit(EXAMPLES.local(), options().build());
    String path = folder.resolve("sparse.keras").toString();
    model.save(path);
    Sequential opened = Sequential.load(path);

    assertTrue(((InputLayer) opened.layers().get(0)).isSparse());
    assertArrayEquals(model.predict(EXAMPLES.local()), opened.predict(EXAMPLES.local()));
  }

  /** Ten million rows of a kernel, of which a batch touches at most 320. */
  @Test
  void aStepOnTenMillionFeaturesDoesNothingWithMostOfThem() {
    int width = 10_000_000;
    SparseExamples wide = new SparseExamples(64, width, 40);
    Sequential model = new Sequential().seed(1).add(Input.sparse(width)).add(Dense.of(1));
    model.compile(SGD.builder().learningRate(0.01).build(), "mse");
    StepAllocation allocation = new StepAllocation();
    float[] before = model.variables().get(0).values().clone();
    model.fit(
        wide.local().threads(1),
        FitOptions.builder()
            .epochs(4)
            .batchSize(8)
            .shards(2)
            .verbose(0)
            .observers(allocation)
            .build());

    long most = Arrays.stream(allocation.bytes, 8, 32).max().orElseThrow();
    assertTrue(most < 500_000, most + " bytes a step");
    float[] after = model.variables().get(0).values();
    long moved = 0;
    for (int i = 0; i < width; i++) {
      moved += before[i] == after[i] ? 0 : 1;
    }

    assertTrue(moved > 500 && moved <= 64 * 40, moved + " features moved");
  }

  /** What the trainer's thread allocates from step to step. */
  private static final class StepAllocation extends Callback {
    private final com.sun.management.ThreadMXBean threads =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final long[] bytes = new long[32];
    private int steps;
    private long last;

    @Override
    public void onTrainBatchEnd(int batch, Map<String, Double> logs) {
      long now = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
      bytes[steps++] = now - last;
      last = now;
    }
  }

  private static String refused(Sequential model, TrainingData data) {
    return assertThrows(IllegalArgumentException.class, () -> model.fit(data, options().build()))
        .getMessage();
  }

  @Test
  void dataAndInputMustBothBeSparseOrDense() {
    Sequential sparse = model(Adam.builder().build(), hidden());
    assertEquals(
        "The input of the model sequential is sparse. Received dense features; give sparse ones"
            + " (LocalData.ofSparse), or begin the model with Input.of(...)",
        refused(sparse, LocalData.of(EXAMPLES.dense(), EXAMPLES.labels())));
    assertEquals(
        "predict: the input of the model sequential is sparse. Received dense rows; give"
            + " LocalData.ofSparse(...)",
        assertThrows(IllegalArgumentException.class, () -> sparse.predict(EXAMPLES.dense()))
            .getMessage());
    Sequential dense = new Sequential().add(Input.of(WIDTH)).add(Dense.of(1));
    dense.compile("sgd", "mse");
    assertEquals(
        "The input of the model sequential is dense. Received sparse features; begin the model with"
            + " Input.sparse(40), in Keras Input(shape, sparse=True)",
        refused(dense, EXAMPLES.local()));
    assertEquals(
        "data: the model sequential takes features of shape (40,). Received: (41,)",
        refused(sparse, new SparseExamples(10, 41, 3).local()));
  }

  @Test
  void layersThatTakeNoSparseInputAreRefused() {
    Sequential model = new Sequential().add(Input.sparse(5)).add(Dropout.of(0.5)).add(Dense.of(1));
    assertEquals(
        "The layer 'dropout' does not take a sparse input; Dense does. Received a model that begins"
            + " with Input(shape=(5,), sparse=True)",
        assertThrows(IllegalArgumentException.class, () -> model.build(5)).getMessage());
  }

  @Test
  void sparseFeaturesHaveNoMoments() {
    Sequential model = new Sequential().add(Normalization.of()).add(Dense.of(1));
    assertEquals(
        "adapt: mean and variance of sparse features can't be used without making them dense."
            + " Received features of shape (40,) that end in sparse ones",
        assertThrows(IllegalArgumentException.class, () -> model.adapt(EXAMPLES.local()))
            .getMessage());
  }

  @Test
  void wrongEntriesAreRefusedByRow() {
    float[] labels = {0, 1};
    assertEquals(
        "The indices of a row must be ascending, from 0 to 2. Received: 3 in row 1",
        refused(3, new int[][] {{0}, {3}}, new float[][] {{1}, {1}}, labels));
    assertEquals(
        "The indices of a row must be ascending, from 0 to 2. Received: 1 in row 0 after 1",
        refused(3, new int[][] {{1, 1}, {2}}, new float[][] {{1, 2}, {1}}, labels));
    assertEquals(
        "A row must have as many values as indices. Received: 2 indices and 1 values in row 0",
        refused(3, new int[][] {{0, 1}, {2}}, new float[][] {{1}, {1}}, labels));
    assertEquals(
        "The values must be finite numbers. Received: NaN in row 1, column 0",
        refused(3, new int[][] {{0}, {2}}, new float[][] {{1}, {Float.NaN}}, labels));
    assertEquals(
        "There must be as many labels as rows of features. Received: 2 of 1",
        refused(3, new int[][] {{0}}, new float[][] {{1}}, labels));
    assertEquals(
        "A sparse row needs at least one sparse feature and one label. Received: 0 features, 0"
            + " sparse features, 1 labels",
        refused(0, new int[][] {{}, {}}, new float[][] {{}, {}}, labels));
    assertEquals(
        "A sparse row has at most 2^30 features. Received: 0 and 1073741825 sparse ones",
        refused((1 << 30) + 1, new int[][] {{}, {}}, new float[][] {{}, {}}, labels));
    assertEquals("The data has no rows", refused(3, new int[0][], new float[0][], new float[0]));
  }

  private static String refused(int width, int[][] indices, float[][] values, float[] labels) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> LocalData.ofSparse(width, indices, values, labels))
        .getMessage();
  }

  @Test
  void zerosAreLeftOutAndNegativeZerosAreNot() {
    int[][] indices = {{0, 2}, {}};
    float[] labels = {1, 0};
    LocalData kept = LocalData.ofSparse(3, indices, new float[][] {{0f, 2}, {}}, labels);
    LocalData negative = LocalData.ofSparse(3, indices, new float[][] {{-0f, 2}, {}}, labels);
    LocalData without =
        LocalData.ofSparse(3, new int[][] {{2}, {}}, new float[][] {{2}, {}}, labels);

    assertEquals(without.fingerprint(), kept.fingerprint());
    assertNotEquals(without.fingerprint(), negative.fingerprint());
    assertEquals("[3]", String.valueOf(without.fingerprint().get("feature_shape")));
  }
}
