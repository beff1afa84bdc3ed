package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.testing.LayerGoldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The calls that Keras's own tests make of its layers, each as a saved model: what they compute,
 * the shapes, and what Keras refuses. Each is replayed, or stands in a list with the reason.
 */
class KerasLayerCasesTest {

  private static final List<String> FOLDERS = List.of("merging", "reshaping");

  /**
   * Why cases are not replayed.
   *
   * @param cases how many there are
   * @param what a pattern for the case's kind, name and difference
   */
  private record Reason(int cases, String why, String what) {

    boolean isOf(String line) {
      return Pattern.compile(what).matcher(line).find();
    }
  }

  private static final List<Reason> REASONS =
      List.of(
          new Reason(
              13,
              "an input of unknown length: each input has one shape here",
              "refused: .*must be a list of integers, apart from the batch size"),
          new Reason(
              2,
              "one model called with inputs of several lengths",
              "Sequential in reshape_test.*varying_input_size_and_minus_one"),
          new Reason(
              1,
              "a model that puts a mask out",
              "Functional in merging_test.*concatenate_with_mask_symbolic"));

  @Test
  void eachIsReplayedOrStandsInTheList() throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    List<String> unlisted = new ArrayList<>();
    int all = 0;
    int replayed = 0;
    for (String folder : FOLDERS) {
      for (KerasLayerCase each : KerasLayerCase.of(folder)) {
        all++;
        String difference = each.difference();
        if (difference == null) {
          replayed++;
          continue;
        }

        String line = folder + ": " + each.kind() + " " + each.name() + ": " + difference;
        List<Reason> reasons = REASONS.stream().filter(reason -> reason.isOf(line)).toList();
        if (reasons.size() == 1) {
          found.merge(reasons.get(0).why(), 1, Integer::sum);
        } else {
          unlisted.add(line);
        }
      }
    }

    assertTrue(unlisted.isEmpty(), () -> unlisted.size() + "\n" + String.join("\n", unlisted));
    Map<String, Integer> expected = new TreeMap<>();
    REASONS.forEach(reason -> expected.put(reason.why(), reason.cases()));
    assertEquals(expected, found);
    String page = Files.readString(Path.of("src/site/markdown/models.md"));
    String sentence = "%,d of %,d".formatted(replayed, all).replace(',', ' ');
    assertTrue(page.contains(sentence), "models.md does not say: " + sentence);
  }

  /** What can be no saved model is counted when the tests of Keras run. */
  @Test
  void theTestsOfKerasRanWhole() {
    int tests = 0;
    for (String folder : FOLDERS) {
      Config file = LayerGoldens.load("keras-cases-" + folder);
      assertEquals("3.15.1", file.get("keras"), folder);
      assertEquals(List.of(), file.get("failed"), folder);
      tests += ((Number) file.get("tests")).intValue();
    }

    assertEquals(261, tests);
  }
}
