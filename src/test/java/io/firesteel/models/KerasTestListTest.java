package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The list of Keras's own tests of callbacks, models, saving and trainers: each is replayed by a
 * test here, covered by one that is older, does not apply, or is open.
 */
class KerasTestListTest {

  private static final Map<String, Integer> COUNTS =
      new TreeMap<>(Map.of("replayed", 55, "covered", 109, "not", 278, "open", 14));
  private static final Set<String> WITH_A_TEST = Set.of("replayed", "covered");

  private static List<String[]> lines() throws IOException {
    String file = "/keras/keras-test-list.tsv";
    try (InputStream in =
        Objects.requireNonNull(KerasTestListTest.class.getResourceAsStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split("\t", -1))
          .toList();
    }
  }

  private static boolean exists(String test) {
    String[] parts = test.split("#");
    try {
      return Arrays.stream(Class.forName("io.firesteel." + parts[0]).getDeclaredMethods())
          .anyMatch(method -> method.getName().equals(parts[1]));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  @Test
  void eachTestOfKerasStandsInItOnceWithATestOrAReason() throws IOException {
    Set<String> seen = new HashSet<>();
    Map<String, Integer> counts = new TreeMap<>();
    for (String[] line : lines()) {
      assertEquals(3, line.length, line[0]);
      assertTrue(seen.add(line[0]), line[0]);
      counts.merge(line[1], 1, Integer::sum);
      if (WITH_A_TEST.contains(line[1])) {
        for (String test : line[2].split(" ")) {
          assertTrue(exists(test), line[0] + ": there is no " + test);
        }
      } else {
        assertFalse(line[2].isBlank(), line[0]);
      }
    }

    assertEquals(COUNTS, counts);
  }
}
