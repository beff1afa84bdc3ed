package io.firesteel.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingStateJsonTest {

  @Test
  void everyDoubleComesBackToTheBit() {
    Random random = new Random(3);
    for (int i = 0; i < 2000; i++) {
      double number = Double.longBitsToDouble(random.nextLong());
      Config state = Config.builder().put("sum", number).build();

      assertEquals(state, TrainingStateJson.read(TrainingStateJson.write(state)));
    }
  }

  @Test
  void nonFiniteNumbersAreStringsInTheFileAndNumbersAfterwards() {
    Config state =
        Config.builder()
            .put("best", Double.POSITIVE_INFINITY)
            .put("nested", Config.builder().put("nan", Float.NaN).build())
            .put("list", Arrays.asList(Double.NEGATIVE_INFINITY, null, -0.0, 1L, true, "text"))
            .put("deep", List.of(List.of(Double.NaN)))
            .build();

    String json = TrainingStateJson.write(state);

    assertTrue(json.contains("\"best\" : \"Infinity\""), json);
    assertTrue(json.contains("\"nan\" : \"NaN\""), json);
    assertTrue(json.contains("\"-Infinity\", null, -0.0, 1, true, \"text\""), json);
    assertEquals(state, TrainingStateJson.read(json));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "-Infinity"})
  void aStringThatReadsLikeANumberIsRefused(String text) {
    Config state = Config.builder().put("names", List.of("a", text)).build();

    assertEquals(
        "The training state's 'names' must not be a string that reads like a number. Received: \"%s\""
            .formatted(text),
        assertThrows(IllegalArgumentException.class, () -> TrainingStateJson.write(state))
            .getMessage());
  }
}
