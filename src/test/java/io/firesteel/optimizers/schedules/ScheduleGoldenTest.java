package io.firesteel.optimizers.schedules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.firesteel.saving.Config;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Compares the schedules with what Keras returns; see {@code src/test/python/schedules_golden.py}.
 */
class ScheduleGoldenTest {

  /** A cosine or power that is an ulp off moves a rate by little of the range it moves in. */
  private static final double TOLERANCE = 1e-6;

  private static JsonNode golden() {
    try (InputStream in =
        ScheduleGoldenTest.class.getResourceAsStream("/golden/schedules/keras-schedules.json")) {
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @TestFactory
  Stream<DynamicTest> equalsKerasAtEveryStep() {
    JsonNode golden = golden();
    return StreamSupport.stream(golden.get("cases").spliterator(), false)
        .map(
            node ->
                DynamicTest.dynamicTest(
                    node.get("schedule").asText() + node.get("config"),
                    () -> replay(node, golden.get("steps"))));
  }

  @Test
  void everyScheduleOfKerasHasAGolden() {
    Set<String> named = new TreeSet<>();
    golden().get("cases").forEach(node -> named.add(node.get("schedule").asText()));
    Set<String> kerass = new TreeSet<>(LearningRateSchedules.classNames());
    kerass.removeAll(List.of("LinearWarmup", "SequentialSchedule", "OneCycle"));
    assertEquals(kerass, named);
  }

  private static void replay(JsonNode node, JsonNode steps) {
    LearningRateSchedule schedule =
        LearningRateSchedules.deserialize(
            Config.builder()
                .put("class_name", node.get("schedule").asText())
                .put("config", Config.parse(node.get("config").toString()))
                .build());
    int equal = 0;
    for (int i = 0; i < steps.size(); i++) {
      float expected = (float) node.get("rates").get(i).asDouble();
      float actual = schedule.call(steps.get(i).asLong());
      assertEquals(
          expected, actual, TOLERANCE * (0.1 + Math.abs(expected)), "step " + steps.get(i));
      equal += expected == actual ? 1 : 0;
    }

    System.out.printf(
        "%-24s %d of %d rates equal Keras's bits%n",
        node.get("schedule").asText(), equal, steps.size());
    assertTrue(equal > 0.8 * steps.size(), equal + " of " + steps.size());
  }
}
