package io.firesteel.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What labels losses allow, and how those near their edges count. */
class LabelsTest {

  private static String refused(Loss loss, float... labels) {
    return String.valueOf(loss.checkLabels(labels, labels.length, 1));
  }

  @Test
  void hingeLabelsAreSignsOrZerosAndOnes() {
    for (Loss loss : List.of(Losses.get("hinge"), Losses.get("squared_hinge"))) {
      assertNull(loss.checkLabels(new float[] {1f, -1f, 1f}, 3, 1));
      assertNull(loss.checkLabels(new float[] {1f, 0f, 1f, -0f}, 4, 1));
      String allowed = " is not allowed for %s: labels must be -1 and 1, or 0 and 1";
      assertEquals("the label 0.5" + allowed.formatted(loss.name()), refused(loss, 1f, 0.5f));
      assertEquals("the label -1.0" + allowed.formatted(loss.name()), refused(loss, 0f, -1f));
      assertEquals("the label 0.0" + allowed.formatted(loss.name()), refused(loss, -1f, 1f, 0f));
    }
  }

  @Test
  void zeroStandsForMinusOne() {
    Loss hinge = Losses.get("hinge");
    float[] zeros = new float[2];
    float[] signs = new float[2];
    float[] predictions = {0.25f, -3f};
    hinge.call(new float[] {0f, 0f}, predictions, 2, 1, zeros, null);
    hinge.call(new float[] {-1f, -1f}, predictions, 2, 1, signs, null);
    assertArrayEquals(new float[] {1.25f, 0f}, zeros);
    assertArrayEquals(zeros, signs);
  }

  @Test
  void countsAreNotNegative() {
    for (Loss loss : List.of(Losses.get("poisson"), Losses.get("msle"))) {
      assertNull(loss.checkLabels(new float[] {0f, 1e30f}, 2, 1));
      assertEquals(
          "the label -0.5 is not allowed for %s: labels must be finite and >= 0"
              .formatted(loss.name()),
          refused(loss, 1f, -0.5f));
    }
  }

  @Test
  void sharesLieBetweenZeroAndOne() {
    for (String name : List.of("kld", "binary_focal_crossentropy")) {
      Loss loss = Losses.get(name);
      assertEquals(
          "the label 1.5 is not allowed for %s: labels must be in [0, 1]".formatted(loss.name()),
          refused(loss, 1f, 1.5f));
    }

    Loss hinge = Losses.get("categorical_hinge");
    assertNull(hinge.checkLabels(new float[] {-1f, 1f, 0f, 1f}, 2, 2));
    assertEquals(
        "the label -1.5 is not allowed for categorical_hinge: labels must be in [-1, 1]",
        refused(hinge, 1f, -1.5f));
  }

  @Test
  void focalClassesAreTwoOrMoreAndAsManyAsAlphas() {
    Loss loss = Losses.get("categorical_focal_crossentropy");
    assertEquals(
        "categorical_focal_crossentropy needs 2 predictions a sample or more, one a class."
            + " Received: 1",
        refused(loss, 1f));
    assertEquals(
        "the label -1.0 is not allowed for categorical_focal_crossentropy: labels must be in [0,"
            + " 1]",
        loss.checkLabels(new float[] {0f, -1f}, 1, 2));
    Loss three = CategoricalFocalCrossentropy.builder().alphas(List.of(0.1, 0.2, 0.3)).build();
    assertNull(three.checkLabels(new float[] {0f, 1f, 0f}, 1, 3));
    assertEquals(
        "categorical_focal_crossentropy has 3 values of alpha, which must be one a class. Received:"
            + " 2 classes",
        three.checkLabels(new float[] {0f, 1f}, 1, 2));
  }

  @Test
  void cosineOfNothingHasNoGradient() {
    float[] gradient = {9f, 9f};
    float[] losses = {9f};
    Losses.get("cosine_similarity")
        .call(new float[] {1f, 2f}, new float[] {0f, 0f}, 1, 2, losses, gradient);
    assertArrayEquals(new float[] {-0f}, losses);
    for (float slope : gradient) {
      assertEquals(0f, Math.abs(slope));
    }
  }

  @Test
  void largestClassesThatAreEqualShareTheGradient() {
    float[] gradient = new float[3];
    float[] losses = new float[1];
    Losses.get("categorical_hinge")
        .call(new float[] {1f, 0f, 0f}, new float[] {0.5f, 2f, 2f}, 1, 3, losses, gradient);
    assertArrayEquals(new float[] {2.5f}, losses);
    assertArrayEquals(new float[] {-1f, 0.5f, 0.5f}, gradient);
  }
}
