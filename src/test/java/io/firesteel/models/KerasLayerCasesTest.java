package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
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

  private static final List<String> FOLDERS =
      List.of(
          "activations",
          "attention",
          "base",
          "convolutional",
          "core",
          "merging",
          "normalization",
          "pooling",
          "preprocessing",
          "regularization",
          "reshaping",
          "rnn");

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
              1,
              "an input of open length that one length fits alone",
              "Reshape in .*test_reshape_sets_static_shape"),
          new Reason(
              1, "an input without steps", "refused: .*the extents of 'shape' must be at least 1"),
          new Reason(
              1,
              "a model that puts a mask out",
              "Functional in merging_test.*concatenate_with_mask_symbolic"),
          new Reason(
              1,
              "the states of stacked cells as a nested list of outputs",
              "RNN in rnn_test.*return_state_stacked_lstm_cell|RNN in stacked.*output_layers: a"
                  + " place"),
          new Reason(28, "a layer that is not built", "refused: Unknown layer"),
          new Reason(62, "a cell that the test defines", "refused: RNN: 'cell' must be one of"),
          new Reason(8, "stateful", "refused: \\w+: 'stateful' must be false"),
          new Reason(
              7,
              "float16 and quantized types",
              "refused: \\w+: '(reverse_)?dtype' must be .*float32"),
          new Reason(
              12,
              "a mask as an argument of a call, which is none of the steps of its input",
              "with a mask that is not the one of its input|the argument 'mask', which is not|layer"
                  + " 'softmax\\w*' is called with mask="),
          new Reason(
              2,
              "one mask of dropouts for all rows",
              "'noise_shape' must be null, or null for the rows"),
          new Reason(
              3,
              "one sample without rows",
              "refused: .*CategoryEncoding: with output_mode=\\w+ rows must be vectors"),
          new Reason(
              2, "counts with weights", "the argument 'count_weights', which is not supported"),
          new Reason(
              2,
              "a whole number written with a point is read as one",
              "Embedding in .*test_invalid_(in|out)put_dim: took"));

  @Test
  void eachIsReplayedOrStandsInTheList() throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    List<String> unlisted = new ArrayList<>();
    int all = 0;
    int replayed = 0;
    int values = 0;
    int errors = 0;
    for (String folder : FOLDERS) {
      for (KerasLayerCase each : KerasLayerCase.of(folder)) {
        all++;
        String difference = each.difference();
        if (difference == null) {
          replayed++;
          values += each.kind().equals("values") ? 1 : 0;
          errors += each.kind().equals("error") ? 1 : 0;
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
    String counts = "%,d of %,d".formatted(replayed, all).replace(',', ' ');
    assertTrue(page.contains(counts), "models.md does not say: " + counts);
    String kinds =
        "%d are compared by their values, %d by their shapes alone, and %d are refused"
            .formatted(values, replayed - values - errors, errors);
    assertTrue(page.contains(kinds), "models.md does not say: " + kinds);
  }

  /** Stacked cells with states to begin with, which Keras's tests do not call. */
  @Test
  void casesBesideThoseOfKerassTests() {
    List<KerasLayerCase> cases = KerasLayerCase.of("beside");
    assertEquals(3, cases.size());
    cases.forEach(each -> assertNull(each.difference(), each.name()));
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

    assertEquals(1472, tests);
  }
}
