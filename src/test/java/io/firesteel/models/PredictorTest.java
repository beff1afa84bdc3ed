package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.testing.AllocatedBytes;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.ServedModels;
import io.firesteel.testing.ServedModels.Served;
import io.firesteel.training.LocalData;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Predictions of single rows: the numbers of the model, without allocation, on many threads. */
class PredictorTest {

  private static final int CALLS = 300;

  /** What the layers that make small objects in each call may allocate. */
  private static final int MOST_BYTES = 1500;

  private static final Pattern HELPERS =
      Pattern.compile(
          ".*Normalization|Softmax|.*1D|SimpleRNN|GRU|LSTM|Bidirectional|TimeDistributed|Masking|Dot|Conv.DTranspose|DepthwiseConv2D|SeparableConv2D|MultiHeadAttention|Add|Subtract|Multiply|Average|Maximum|Minimum|NestedModel");

  static Stream<Served> models() {
    return ServedModels.all();
  }

  @ParameterizedTest
  @MethodSource("models")
  void predictsAsTheModelAndAllocatesNothing(Served served) {
    Predictor predictor = served.model().predictor();
    float[] row = served.rows(1)[0];
    float[] output = new float[predictor.outputSize()];
    long bytes = AllocatedBytes.perCall(CALLS, () -> predictor.predict(row, output));
    assertTrue(bytes <= (hasHelpers(served) ? MOST_BYTES : 0), bytes + " bytes a call");
    float[] expected = served.model().predict(new float[][] {row})[0];
    LayerGoldens.assertClose(expected, output, 1e-6, "predictions");
  }

  private static boolean hasHelpers(Served served) {
    return served.model().layers().stream()
        .anyMatch(layer -> HELPERS.matcher(layer.getClass().getSimpleName()).matches());
  }

  @Test
  void sparseRowsAllocateNothing() {
    Sequential model = new Sequential().add(Input.sparse(100)).add(Dense.of(3).activation("relu"));
    Predictor predictor = model.predictor();
    float[] dense = {};
    int[] indices = {3, 50, 99, -1};
    float[] values = {1.5f, -2, 4, 0};
    float[] output = new float[3];
    assertEquals(
        0,
        AllocatedBytes.perCall(CALLS, () -> predictor.predict(dense, indices, values, 3, output)));
    LocalData data =
        LocalData.ofSparse(
            100, new int[][] {{3, 50, 99}}, new float[][] {{1.5f, -2, 4}}, new float[] {0});
    assertArrayEquals(model.predict(data)[0], output);
  }

  @Test
  void manyThreadsGetTheirOwnPredictions() throws Exception {
    Sequential model =
        new Sequential()
            .add(Dense.of(32).activation("tanh").inputShape(8))
            .add(Dense.of(3).activation("softmax"));
    Predictor predictor = model.predictor();
    int threads = 16;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    List<Future<Boolean>> results = new ArrayList<>();
    try {
      for (int t = 0; t < threads; t++) {
        float[] row = new float[8];
        row[t % 8] = t + 1;
        float[] expected = model.predictor().predict(row);
        results.add(
            pool.submit(
                () -> {
                  float[] output = new float[3];
                  for (int i = 0; i < 2000; i++) {
                    predictor.predict(row, output);
                    assertArrayEquals(expected, output);
                  }

                  return true;
                }));
      }

      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void keepsTheWeightsThatItWasMadeWith() {
    Sequential model = new Sequential().add(Dense.of(1).useBias(false).inputShape(1));
    model.setWeights(new float[] {2});
    Predictor predictor = model.predictor();
    model.setWeights(new float[] {3});
    assertArrayEquals(new float[] {8}, predictor.predict(new float[] {4}));
    assertArrayEquals(new float[] {12}, model.predictor().predict(new float[] {4}));
  }

  @Test
  void refusesWhatDoesNotFitAndWorksOn() {
    Sequential model = new Sequential("m").add(Dense.of(2).inputShape(3));
    Predictor predictor = model.predictor();
    assertRefused(
        "predict: row must have 3 values. Received: 2",
        () -> predictor.predict(new float[2], new float[2]));
    assertRefused(
        "predict: output must have 2 values. Received: 4",
        () -> predictor.predict(new float[3], new float[4]));
    assertRefused(
        "predict: the model m takes rows of 3 values, none of them sparse. Received 0 dense values"
            + " and sparse ones",
        () -> predictor.predict(new float[0], new int[1], new float[1], 1, new float[2]));
    assertEquals(2, predictor.predict(new float[3]).length);
  }

  @Test
  void refusesSparseRowsThatDoNotFit() {
    Sequential model = new Sequential("m").add(Input.sparse(9)).add(Dense.of(2));
    Predictor predictor = model.predictor();
    float[] output = new float[2];
    float[] none = {};
    assertRefused(
        "predict: the model m has a sparse input. Received a dense row; give dense, indices and"
            + " values",
        () -> predictor.predict(new float[9], output));
    assertRefused(
        "predict: the indices must be ascending, from 0 to 8. Received: 9 at 1",
        () -> predictor.predict(none, new int[] {1, 9}, new float[2], 2, output));
    assertRefused(
        "predict: the indices must be ascending, from 0 to 8. Received: 1 at 1",
        () -> predictor.predict(none, new int[] {1, 1}, new float[2], 2, output));
    assertRefused(
        "predict: entries must be from 0 to the length of indices and values. Received: 3 of 3"
            + " indices and 2 values",
        () -> predictor.predict(none, new int[] {1, 2, 3}, new float[2], 3, output));
  }

  private static void assertRefused(String message, Runnable call) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, call::run);
    assertEquals(message, e.getMessage());
  }
}
