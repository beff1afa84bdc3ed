package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.callbacks.History;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.layers.Input;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Steps by hand, epochs that begin later, and epochs of a few batches. */
class BatchwiseTest {

  private static final int ROWS = 10;

  private static LocalData rows(int from, int to) {
    Random random = new Random(3);
    float[][] x = new float[ROWS][3];
    float[] y = new float[ROWS];
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < 3; j++) {
        x[i][j] = (float) random.nextGaussian();
      }

      y[i] = x[i][0] - x[i][2];
    }

    return LocalData.of(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to));
  }

  private static Sequential model() {
    Sequential model =
        new Sequential("steps")
            .add(Input.of(3))
            .add(Dense.of(4).activation("tanh"))
            .add(Dense.of(1));
    model.compile("adam", "mse", "mae");
    return model;
  }

  private static FitOptions.Builder options() {
    return FitOptions.builder().verbose(0).batchSize(4);
  }

  @Test
  void stepsByHandAreThoseOfFit() {
    Sequential fitted = model();
    History history = fitted.fit(rows(0, ROWS), options().shuffle(false).epochs(1).build());

    Sequential stepped = model();
    double sum = 0;
    for (int from = 0; from < ROWS; from += 4) {
      LocalData batch = rows(from, Math.min(ROWS, from + 4));
      Map<String, Double> before = stepped.testOnBatch(batch);
      Map<String, Double> logs = stepped.trainOnBatch(batch);
      assertEquals(before, logs);
      assertEquals(List.of("loss", "mae"), List.copyOf(logs.keySet()));
      sum += logs.get("loss") * batch.rows();
    }

    assertEquals(fitted.weightsSha256(), stepped.weightsSha256());
    assertEquals(history.value("loss", 0), sum / ROWS, 1e-6);
    assertEquals(3, stepped.optimizer().iterations());
    float[][] x = {{1, 2, 3}};
    assertArrayEquals(fitted.predict(x)[0], stepped.predictOnBatch(x)[0]);
  }

  @Test
  void anEpochThatBeginsLaterGoesOnWhereTheFirstOnesEnded() {
    Sequential whole = model();
    whole.fit(rows(0, ROWS), options().epochs(4).build());
    Sequential parts = model();
    parts.fit(rows(0, ROWS), options().epochs(2).build());
    History second = parts.fit(rows(0, ROWS), options().epochs(4).initialEpoch(2).build());

    assertEquals(whole.weightsSha256(), parts.weightsSha256());
    assertEquals(List.of(2, 3), second.epoch());
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> options().epochs(2).initialEpoch(2).build())
            .getMessage();
    assertEquals("fit: 'initial_epoch' must be an integer from 0 to 1. Received: 2", message);
  }

  /** Three batches a pass: two in one epoch, one in the next, as in Keras's epoch iterator. */
  @Test
  void shortEpochsGoOnWithTheBatchesThatFollow() {
    Sequential whole = model();
    whole.fit(rows(0, ROWS), options().epochs(2).build());
    Sequential parts = model();
    History history = parts.fit(rows(0, ROWS), options().epochs(4).stepsPerEpoch(2).build());

    assertEquals(whole.weightsSha256(), parts.weightsSha256());
    assertEquals(4, history.epoch().size());
    assertEquals(6, parts.optimizer().iterations());
    Sequential first = model();
    first.fit(rows(0, ROWS), options().epochs(1).stepsPerEpoch(2).build());
    assertEquals(2, first.optimizer().iterations());
    assertNotEquals(whole.weightsSha256(), first.weightsSha256());
    Sequential all = model();
    all.fit(rows(0, ROWS), options().epochs(2).stepsPerEpoch(9).build());
    assertEquals(whole.weightsSha256(), all.weightsSha256());
  }

  /** Keras takes the mean over what counts in each batch, and then over the rows of batches. */
  @Test
  void anEvaluationWithAMaskIsMadeBatchByBatch() {
    Sequential model =
        new Sequential("masked")
            .add(Input.of(3))
            .add(Embedding.of(5, 2).maskZero(true))
            .add(Dense.of(1));
    model.compile("sgd", "mse");
    float[][] x = {{1, 2, 3}, {1, 0, 0}, {4, 0, 0}, {2, 1, 0}, {3, 3, 0}};
    float[][] y = {{1, 2, 3}, {4, 5, 6}, {7, 8, 9}, {1, 1, 1}, {2, 2, 2}};
    double expected = 0;
    for (int from = 0; from < 5; from += 2) {
      int to = Math.min(5, from + 2);
      LocalData batch =
          LocalData.of(Arrays.copyOfRange(x, from, to), Arrays.copyOfRange(y, from, to));
      expected += model.testOnBatch(batch).get("loss") * (to - from) / 5;
    }

    double loss = model.evaluate(LocalData.of(x, y), 2).get("loss");
    assertEquals(expected, loss, 1e-6 * expected);
    double whole = model.evaluate(LocalData.of(x, y), 5).get("loss");
    assertNotEquals(whole, loss, 1e-3 * whole);
  }
}
