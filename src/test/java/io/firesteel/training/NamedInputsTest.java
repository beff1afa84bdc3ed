package io.firesteel.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.layers.Concatenate;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Input;
import io.firesteel.layers.KerasTensor;
import io.firesteel.models.CompileOptions;
import io.firesteel.models.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamedInputsTest {

  private static final FitOptions FIT =
      FitOptions.builder().epochs(3).batchSize(2).shards(2).verbose(0).build();
  private static final float[][] A = {{1, 2}, {3, 4}, {5, 6}};
  private static final float[][] B = {{-1}, {-2}, {-3}};
  private static final float[][] SCORE = {{0.5f}, {1}, {2}};
  private static final float[][] PARTS = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};

  private static Model model() {
    KerasTensor a = Input.of(2).name("a").output();
    KerasTensor b = Input.of(1).name("b").output();
    KerasTensor both = Concatenate.of().call(a, b);
    Model model =
        new Model(
            List.of(a, b),
            List.of(Dense.of(1).name("score").call(both), Dense.of(3).name("parts").call(both)));
    model.compile(CompileOptions.of("sgd", Map.of("score", "mse", "parts", "mae")));
    return model;
  }

  private static <T> Map<String, T> map(String one, T first, String two, T second) {
    Map<String, T> map = new LinkedHashMap<>();
    map.put(one, first);
    map.put(two, second);
    return map;
  }

  @Test
  void valuesByNameAreThoseInTheOrderOfTheModel() {
    Model byPlace = model();
    float[][] x = {{1, 2, -1}, {3, 4, -2}, {5, 6, -3}};
    float[][] y = {{0.5f, 1, 0, 0}, {1, 0, 1, 0}, {2, 0, 0, 1}};
    byPlace.fit(LocalData.of(x, y), FIT);
    Model byName = model();
    LocalData named = LocalData.of(map("b", B, "a", A), map("parts", PARTS, "score", SCORE));
    byName.fit(named.weights(1, 1, 1), FIT);
    Model plain = model();
    plain.fit(named, FIT);
    assertEquals(byPlace.weightsSha256(), plain.weightsSha256());
    assertArrayEquals(byPlace.predict(x), plain.predict(map("b", B, "a", A)));
    assertEquals(byPlace.evaluate(LocalData.of(x, y)), plain.evaluate(named));
  }

  @Test
  void namesAndSizesThatDoNotFitAreRefusedBeforeTraining() {
    assertRefused(
        "The model functional has no input 'bb'. Its inputs: a, b.",
        LocalData.of(map("a", A, "bb", B), map("parts", PARTS, "score", SCORE)));
    assertRefused(
        "The input 'b' of the model functional is missing. Received: a",
        LocalData.of(Map.of("a", A), map("parts", PARTS, "score", SCORE)));
    assertRefused(
        "The input 'b' takes 1 values a row. Received: 2 in the data's {a=2, b=2}",
        LocalData.of(map("a", A, "b", A), map("parts", PARTS, "score", SCORE)));
    assertRefused(
        "The model functional has no output 'scores' that is measured. Its outputs: score, parts."
            + " Did you mean 'score'?",
        LocalData.of(map("a", A, "b", B), map("parts", PARTS, "scores", SCORE)));
    assertEquals(
        "There must be as many input 'b' as rows of features. Received: 2 of 3",
        assertThrows(
                IllegalArgumentException.class,
                () -> LocalData.of(map("a", A, "b", new float[][] {{1}, {2}}), SCORE))
            .getMessage());
  }

  private static void assertRefused(String message, LocalData data) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> model().fit(data, FIT)).getMessage());
  }
}
