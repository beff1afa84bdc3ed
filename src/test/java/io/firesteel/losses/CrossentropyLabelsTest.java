package io.firesteel.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class CrossentropyLabelsTest {

  private final Loss binary = BinaryCrossentropy.builder().build();
  private final Loss categorical = CategoricalCrossentropy.builder().build();
  private final Loss sparse = SparseCategoricalCrossentropy.builder().build();
  private final Loss ignoring =
      SparseCategoricalCrossentropy.builder().fromLogits().ignoreClass(-1L).build();

  @Test
  void binaryLabelsLieBetweenZeroAndOne() {
    assertNull(binary.checkLabels(new float[] {0f, 1f, 0.3f, 1f}, 2, 2));
    for (float bad : new float[] {-0.001f, 1.001f, 2f}) {
      assertEquals(
          "the label %s is not allowed for binary_crossentropy: labels must be in [0, 1]"
              .formatted(bad),
          binary.checkLabels(new float[] {0f, 1f, bad, 1f}, 2, 2));
    }
  }

  @Test
  void categoricalLabelsAreDistributions() {
    assertNull(categorical.checkLabels(new float[] {0f, 1f, 0f, 0.2f, 0.3f, 0.5f}, 2, 3));
    assertNull(categorical.checkLabels(new float[] {0.3333f, 0.3333f, 0.3333f}, 1, 3));
    assertEquals(
        "the label -0.1 is not allowed for categorical_crossentropy: labels must be probabilities, one a class",
        categorical.checkLabels(new float[] {0f, 1f, 0f, 0.2f, -0.1f, 0.9f}, 2, 3));
    assertEquals(
        "a label with the sum 0.0 is not allowed for categorical_crossentropy: the 3 values of a label must add up to 1",
        categorical.checkLabels(new float[] {0f, 1f, 0f, 0f, 0f, 0f}, 2, 3));
    assertEquals(
        "categorical_crossentropy needs 2 predictions a sample or more, one a class. Received: 1",
        categorical.checkLabels(new float[] {1f}, 1, 1));
  }

  @Test
  void sparseLabelsAreClassIndices() {
    assertEquals(1, sparse.labelWidth(10));
    assertNull(sparse.checkLabels(new float[] {0f, 9f, -0f}, 3, 10));
    for (float bad : new float[] {-1f, 10f, 2.5f}) {
      assertEquals(
          "the label %s is not allowed for sparse_categorical_crossentropy: labels must be whole numbers from 0 to 9, one a class"
              .formatted(bad),
          sparse.checkLabels(new float[] {1f, bad}, 2, 10));
    }
  }

  @Test
  void ignoredClassIsALabelToo() {
    assertNull(ignoring.checkLabels(new float[] {0f, -1f, 2f}, 3, 3));
    assertEquals(
        "the label -2.0 is not allowed for sparse_categorical_crossentropy: labels must be whole numbers from 0 to 2, one a class, or the ignored class -1",
        ignoring.checkLabels(new float[] {-2f}, 1, 3));
    assertTrue(ignoring.takesPart(new float[] {0f, -1f}, 0));
    assertFalse(ignoring.takesPart(new float[] {0f, -1f}, 1));
  }

  @Test
  void ignoredSampleHasNeitherLossNorGradient() {
    float[] losses = {5f};
    float[] gradient = {5f, 5f};
    ignoring.call(new float[] {-1f}, new float[] {3f, 4f}, 1, 2, losses, gradient);
    assertArrayEquals(new float[] {0f}, losses);
    assertArrayEquals(new float[] {0f, 0f}, gradient);
  }

  @Test
  void sparseLossRefusesALabelThatWasNotChecked() {
    float[] predictions = {0.5f, 0.5f, 0.1f, 0.9f};
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> sparse.call(new float[] {2f, 0f}, predictions, 2, 2, new float[2], null));
    assertEquals(
        "the label 2.0 is not allowed for sparse_categorical_crossentropy: labels must be whole numbers from 0 to 1, one a class",
        refused.getMessage());
  }

  @Test
  void clippedProbabilitiesHaveNoGradient() {
    float[] gradient = new float[2];
    float[] losses = new float[2];
    binary.call(new float[] {1f, 0f}, new float[] {0f, 1f}, 2, 1, losses, gradient);
    assertArrayEquals(new float[] {0f, 0f}, gradient, 0f);
    assertEquals(16.118095f, losses[0], 1e-5f);
    assertEquals(15.942385f, losses[1], 1e-5f);
  }

  @Test
  void hugeLogitsGiveFiniteLosses() {
    Loss loss = BinaryCrossentropy.builder().fromLogits().build();
    float[] gradient = new float[2];
    float[] losses = new float[2];
    loss.call(new float[] {1f, 1f}, new float[] {-1e4f, 1e4f}, 2, 1, losses, gradient);
    assertArrayEquals(new float[] {1e4f, 0f}, losses);
    assertArrayEquals(new float[] {-1f, 0f}, gradient);
  }

  @Test
  void logitOfMinusInfinityIsAnImpossibleClass() {
    Loss loss = SparseCategoricalCrossentropy.builder().fromLogits().build();
    float[] gradient = new float[3];
    float[] losses = new float[1];
    float[] logits = {0f, Float.NEGATIVE_INFINITY, 0f};
    loss.call(new float[] {0f}, logits, 1, 3, losses, gradient);
    assertEquals(0.6931472f, losses[0]);
    assertArrayEquals(new float[] {-0.5f, 0f, 0.5f}, gradient);
  }
}
