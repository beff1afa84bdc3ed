package io.firesteel.losses;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.testing.PackageClasses;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every loss: over the registry, and every option of its config in turn. */
class LossConformanceTest {

  private static final int SAMPLES = 7;

  static List<Loss> losses() {
    List<Loss> losses = new ArrayList<>();
    for (String name : Losses.classNames()) {
      Loss plain = plain(name);
      losses.add(plain);
      for (String key :
          List.of(
              "from_logits",
              "label_smoothing",
              "ignore_class",
              "delta",
              "alpha",
              "gamma",
              "apply_class_balancing")) {
        if (plain.getConfig().has(key) || (key.equals("delta") && name.equals("Huber"))) {
          losses.add(with(plain, key, option(key)));
        }
      }

      if (plain.getConfig().has("from_logits") && plain.getConfig().has("label_smoothing")) {
        losses.add(with(with(plain, "from_logits", true), "label_smoothing", 0.3));
      }
    }

    return losses;
  }

  private static Loss plain(String name) {
    boolean overlap = name.equals("Dice") || name.equals("Tversky");
    return Losses.get(name, overlap ? Map.of("axis", -1) : Map.of());
  }

  private static Object option(String key) {
    return switch (key) {
      case "from_logits", "apply_class_balancing" -> true;
      case "label_smoothing" -> 0.2;
      case "ignore_class" -> 1;
      case "gamma" -> 1.5;
      default -> 0.4;
    };
  }

  private static Loss with(Loss loss, String key, Object value) {
    Config serialized = Losses.serialize(loss);
    return Losses.deserialize(serialized.with("config", loss.getConfig().with(key, value)));
  }

  @Test
  void everyLossOfThePackageIsRegistered() {
    assertEquals(
        new TreeSet<>(PackageClasses.concrete(Loss.class)),
        Losses.classNames().stream()
            .map(name -> plain(name).getClass().getSimpleName())
            .collect(Collectors.toCollection(TreeSet::new)));
    for (String name : Losses.classNames()) {
      assertEquals(name, plain(name).className());
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void configRebuildsTheLoss(Loss loss) {
    Config serialized = Losses.serialize(loss);
    Loss rebuilt = Losses.get(serialized.toJson());
    assertSame(loss.getClass(), rebuilt.getClass());
    assertEquals(serialized, Losses.serialize(rebuilt));
    assertEquals(loss.name(), rebuilt.name());
    assertEquals("keras.losses", serialized.get("module"));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everyReductionIsKeptInTheConfig(Loss loss) {
    for (Reduction reduction : Reduction.values()) {
      Loss other = with(loss, "reduction", reduction.id());
      assertEquals(reduction, other.reduction());
      assertEquals(reduction.id(), other.getConfig().get("reduction"));
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void configRefusesWhatItDoesNotKnow(Loss loss) {
    String owner = loss.className();
    IllegalArgumentException unknown =
        assertThrows(IllegalArgumentException.class, () -> with(loss, "epsilon", 1.0));
    assertEquals(
        owner + " does not know the field 'epsilon'",
        unknown.getMessage().substring(0, unknown.getMessage().indexOf(".")));
    IllegalArgumentException dtype =
        assertThrows(IllegalArgumentException.class, () -> with(loss, "dtype", "float16"));
    assertEquals(
        owner + ": 'dtype' must be float32 or null. Received: float16", dtype.getMessage());
    assertEquals(loss.getConfig(), with(loss, "dtype", "float32").getConfig());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void gradientIsTheSlopeOfTheLoss(Loss loss) {
    for (int width : widths(loss)) {
      float[] labels = labels(loss, width);
      float[] predictions = predictions(width);
      float[] gradient = new float[predictions.length];
      loss.call(labels, predictions, SAMPLES, width, new float[SAMPLES], gradient);
      float step = 1f / 1024;
      for (int i = 0; i < predictions.length; i++) {
        float[] up = predictions.clone();
        float[] down = predictions.clone();
        up[i] += step;
        down[i] -= step;
        double rise = at(loss, labels, up, width, i) - at(loss, labels, down, width, i);
        double slope = rise / ((double) up[i] - down[i]);
        assertEquals(slope, gradient[i], 1e-3 * Math.max(1.0, Math.abs(slope)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void lossesAreTheSameWithoutGradient(Loss loss) {
    for (int width : widths(loss)) {
      float[] labels = labels(loss, width);
      float[] predictions = predictions(width);
      float[] with = new float[SAMPLES];
      float[] without = new float[SAMPLES];
      loss.call(labels, predictions, SAMPLES, width, with, new float[predictions.length]);
      loss.call(labels, predictions, SAMPLES, width, without, null);
      assertArrayEquals(with, without);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void sampleDoesNotDependOnItsNeighbours(Loss loss) {
    int width = 4;
    int labelWidth = loss.labelWidth(width);
    float[] labels = labels(loss, width);
    float[] predictions = predictions(width);
    float[] all = new float[SAMPLES];
    float[] gradients = new float[predictions.length];
    loss.call(labels, predictions, SAMPLES, width, all, gradients);
    for (int i = 0; i < SAMPLES; i++) {
      float[] one = new float[1];
      float[] gradient = new float[width];
      Arrays.fill(gradient, 99f);
      loss.call(
          Arrays.copyOfRange(labels, i * labelWidth, (i + 1) * labelWidth),
          Arrays.copyOfRange(predictions, i * width, (i + 1) * width),
          1,
          width,
          one,
          gradient);
      assertEquals(all[i], one[0]);
      assertArrayEquals(Arrays.copyOfRange(gradients, i * width, (i + 1) * width), gradient);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void arraysBeyondTheSamplesAreLeftAlone(Loss loss) {
    int width = 3;
    float[] losses = {1f, 2f, 3f, 4f, 5f, 6f, 7f};
    float[] gradient = new float[SAMPLES * width];
    Arrays.fill(gradient, 99f);
    loss.call(labels(loss, width), predictions(width), 2, width, losses, gradient);
    assertArrayEquals(new float[] {3f, 4f, 5f, 6f, 7f}, Arrays.copyOfRange(losses, 2, SAMPLES));
    for (int i = 2 * width; i < gradient.length; i++) {
      assertEquals(99f, gradient[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void predictionThatIsNoNumberGivesALossThatIsNone(Loss loss) {
    int width = 3;
    float[] losses = new float[SAMPLES];
    float[] predictions = predictions(width);
    Arrays.fill(predictions, Float.NaN);
    float[] labels = labels(loss, width);
    loss.call(labels, predictions, SAMPLES, width, losses, new float[predictions.length]);
    for (int i = 0; i < SAMPLES; i++) {
      assertEquals(loss.takesPart(labels, i) ? Float.NaN : 0f, losses[i]);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void labelsMustBeFinite(Loss loss) {
    int width = 3;
    assertNull(loss.checkLabels(labels(loss, width), SAMPLES, width));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] labels = labels(loss, width);
      labels[labels.length - 1] = bad;
      String text = loss.checkLabels(labels, SAMPLES, width);
      assertNotNull(text);
      assertEquals("the label " + bad + " is not allowed for " + loss.name(), text.split(":")[0]);
    }
  }

  private static int[] widths(Loss loss) {
    return loss.labelWidth(4) == 1 ? new int[] {2, 4} : new int[] {1, 2, 4};
  }

  /* Class indices where a label is narrower than its predictions; signs; else distributions. */
  private static float[] labels(Loss loss, int width) {
    RandomStream random = RandomStream.of(1, width);
    float[] labels = new float[SAMPLES * loss.labelWidth(width)];
    for (int i = 0; i < SAMPLES; i++) {
      if (loss.labelWidth(width) < width) {
        labels[i] = random.nextInt(width);
      } else if (loss.className().matches("(Squared)?Hinge")) {
        for (int j = i * width; j < (i + 1) * width; j++) {
          labels[j] = random.nextInt(2) * 2 - 1;
        }
      } else {
        float sum = 0f;
        for (int j = i * width; j < (i + 1) * width; j++) {
          labels[j] = 0.1f + random.nextFloat();
          sum += labels[j];
        }

        for (int j = i * width; j < (i + 1) * width; j++) {
          labels[j] /= sum;
        }
      }
    }

    return labels;
  }

  private static float[] predictions(int width) {
    RandomStream random = RandomStream.of(2, width);
    float[] predictions = new float[SAMPLES * width];
    for (int i = 0; i < predictions.length; i++) {
      predictions[i] = 0.2f + 0.6f * random.nextFloat();
    }

    return predictions;
  }

  private static double at(Loss loss, float[] labels, float[] predictions, int width, int i) {
    float[] losses = new float[SAMPLES];
    loss.call(labels, predictions, SAMPLES, width, losses, null);
    return losses[i / width];
  }
}
