package io.firesteel.training;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.internal.data.BatchPlan;
import io.firesteel.internal.gradients.GradientSource;
import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.TinyTraining;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class LocalDataTest {

  private static LocalData data(int rows, Random order) {
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      indices.add(i);
    }

    if (order != null) {
      Collections.shuffle(indices, order);
    }

    float[][] features = new float[rows][TinyTraining.FEATURES];
    float[] labels = new float[rows];
    for (int i = 0; i < rows; i++) {
      float[] row = TinyTraining.row(indices.get(i));
      System.arraycopy(row, 0, features[i], 0, TinyTraining.FEATURES);
      labels[i] = row[TinyTraining.FEATURES];
    }

    return LocalData.of(features, labels);
  }

  @Test
  void theOrderOfRowsAndTheNumberOfThreadsChangeNoBit() {
    for (int shards : new int[] {1, 3, 8}) {
      BatchPlan plan = new BatchPlan(61, 17, shards, 5, true);
      String expected = TinyTraining.train(data(61, null).threads(1), plan, 2);

      assertEquals(expected, TinyTraining.train(data(61, null).threads(3), plan, 2));
      assertEquals(expected, TinyTraining.train(data(61, new Random(1)).threads(2), plan, 2));
    }
  }

  @Test
  void seedShardsAndWeightsChangeTheResult() {
    String result = TinyTraining.train(data(61, null), new BatchPlan(61, 17, 3, 5, true), 1);

    assertNotEquals(
        result, TinyTraining.train(data(61, null), new BatchPlan(61, 17, 3, 6, true), 1));
    assertNotEquals(
        result, TinyTraining.train(data(61, null), new BatchPlan(61, 17, 4, 5, true), 1));
    assertNotEquals(
        result, TinyTraining.train(TinyTraining.local(61), new BatchPlan(61, 17, 3, 5, true), 1));
  }

  @Test
  void withoutShuffleTheOrderOfRowsCounts() {
    BatchPlan plan = new BatchPlan(20, 6, 2, 5, false);

    assertEquals(
        TinyTraining.train(data(20, null), plan, 1), TinyTraining.train(data(20, null), plan, 1));
    assertNotEquals(
        TinyTraining.train(data(20, null), plan, 1),
        TinyTraining.train(data(20, new Random(1)), plan, 1));
  }

  @Test
  void theFingerprintIsThatOfTheContent() {
    Config fingerprint = data(20, null).fingerprint();

    assertEquals(
        List.of("rows", "feature_shape", "label_width", "weighted", "content_hash"),
        List.copyOf(fingerprint.keys()));
    assertEquals(20L, fingerprint.get("rows"));
    assertEquals(List.of(5L), fingerprint.get("feature_shape"));
    assertEquals(fingerprint, data(20, new Random(2)).fingerprint());
    assertNotEquals(fingerprint, data(21, null).fingerprint());
    assertNotEquals(
        fingerprint.get("content_hash"), TinyTraining.local(20).fingerprint().get("content_hash"));
  }

  @Test
  void aSplitDependsOnTheContentAndTheSeedAlone() {
    TrainingData.Split split = data(50, null).split(0.3, 9, true);
    TrainingData.Split other = data(50, new Random(3)).split(0.3, 9, true);

    assertEquals(35, split.training().rows());
    assertEquals(15, split.validation().rows());
    assertEquals(split.training().fingerprint(), other.training().fingerprint());
    assertEquals(split.validation().fingerprint(), other.validation().fingerprint());
    assertNotEquals(
        split.validation().fingerprint(),
        data(50, null).split(0.3, 10, true).validation().fingerprint());
  }

  @Test
  void withoutShuffleASplitCutsOffTheLastRows() {
    TrainingData.Split split = data(50, null).split(0.3, 9, false);

    assertEquals(data(35, null).fingerprint(), split.training().fingerprint());
  }

  @Test
  void rowMajorArraysAreTheSameData() {
    LocalData cut = LocalData.of(Shape.of(2, 1), new float[] {1, 2, 3, 4}, 1, new float[] {5, 6});
    LocalData rows = LocalData.of(new float[][] {{1, 2}, {3, 4}}, new float[] {5, 6});

    assertEquals(Shape.of(2, 1), cut.featureShape());
    assertEquals(rows.featureShape(2, 1).fingerprint(), cut.fingerprint());
    assertEquals(1, cut.labelWidth());
  }

  @Test
  void saysWhatItComputesWith() {
    BatchPlan plan = new BatchPlan(5, 5, 1, 0, true);
    try (GradientSource source = data(5, null).open(TinyTraining.network(), plan)) {
      String environment = source.environments().iterator().next();

      assertEquals("local", source.name());
      assertTrue(environment.startsWith("JDK "), environment);
      assertTrue(environment.contains("netlib"), environment);
    }
  }

  @Test
  void refusesRowsThatDoNotFit() {
    float[][] two = {{1, 2}, {3, 4}};

    assertRefused("The data has no rows", () -> LocalData.of(new float[0][], new float[0]));
    assertRefused(
        "There must be as many labels as rows of features. Received: 1 of 2",
        () -> LocalData.of(two, new float[1]));
    assertRefused(
        "All rows must have as many features as row 0, which has 2. Received: 3 in row 1",
        () -> LocalData.of(new float[][] {{1, 2}, {1, 2, 3}}, new float[2]));
    assertRefused(
        "The features must be finite numbers. Received: NaN in row 1, column 0",
        () -> LocalData.of(new float[][] {{1, 2}, {Float.NaN, 4}}, new float[2]));
    assertRefused(
        "The labels must be finite numbers. Received: Infinity in row 0, column 0",
        () -> LocalData.of(two, new float[] {Float.POSITIVE_INFINITY, 0}));
    assertRefused(
        "The weights must not be negative. Received: -1.0 in row 1",
        () -> LocalData.of(two, new float[2]).weights(1, -1));
    assertRefused(
        "The features have 5 values, not a multiple of 2",
        () -> LocalData.of(Shape.of(2), new float[5], 1, new float[2]));
    assertRefused(
        "The features have 2 values a row. Received the shape: (3,)",
        () -> LocalData.of(two, new float[2]).featureShape(3));
    assertRefused(
        "threads must be at least 1. Received: 0",
        () -> LocalData.of(two, new float[2]).threads(0));
  }

  @Test
  void refusesWhatTheModelCannotTake() {
    assertRefused(
        "The plan is for 9 rows; the data has 8",
        () -> data(8, null).open(TinyTraining.network(), new BatchPlan(9, 4, 2, 0, true)));
    BatchPlan plan = new BatchPlan(2, 2, 1, 0, true);
    assertRefused(
        "data: the model tiny takes features of shape (5,). Received: (2,)",
        () ->
            LocalData.of(new float[][] {{1, 2}, {3, 4}}, new float[2])
                .open(TinyTraining.network(), plan));
    assertRefused(
        "data: the loss sparse_categorical_crossentropy with an output of shape (3,) takes 1 label"
            + " a row. Received: 2",
        () -> LocalData.of(new float[2][5], new float[2][2]).open(TinyTraining.network(), plan));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                LocalData.of(new float[2][5], new float[] {0, 3})
                    .open(TinyTraining.network(), plan));
    assertTrue(
        refused.getMessage().startsWith("The labels don't suit the loss: "), refused::getMessage);
  }

  @Test
  void refusesASplitThatLeavesNothing() {
    assertRefused(
        "validation_split must be a number between 0 and 1, both excluded. Received: 1.0",
        () -> data(8, null).split(1.0, 0, true));
    assertRefused(
        "validation_split=0.9 of 2 rows leaves a part without rows (training 0, validation 2)",
        () -> data(2, null).split(0.9, 0, true));
  }

  private static void assertRefused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
