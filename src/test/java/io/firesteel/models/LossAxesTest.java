package io.firesteel.models;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.callbacks.History;
import io.firesteel.layers.Dense;
import io.firesteel.layers.Embedding;
import io.firesteel.losses.CategoricalCrossentropy;
import io.firesteel.losses.Loss;
import io.firesteel.losses.Losses;
import io.firesteel.optimizers.SGD;
import io.firesteel.saving.Config;
import io.firesteel.saving.ConfigReader;
import io.firesteel.tensor.Shape;
import io.firesteel.training.FitOptions;
import io.firesteel.training.LocalData;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Losses along other axes than the last in fit and evaluate, against real Keras, whose numbers
 * src/test/python/loss_axes_golden.py wrote.
 */
class LossAxesTest {

  private static final int ROWS = 10;
  private static final Config GOLDEN = golden();

  private static Config golden() {
    String file = "/golden-losses/axes.json";
    try (InputStream in = Objects.requireNonNull(LossAxesTest.class.getResourceAsStream(file))) {
      return Config.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  static List<String> names() {
    return List.copyOf(GOLDEN.reader("golden").config("cases").keys());
  }

  private static float[] floats(List<?> numbers) {
    float[] floats = new float[numbers.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = ((Number) numbers.get(i)).floatValue();
    }

    return floats;
  }

  private static Loss loss(Config golden) {
    Config serialized = (Config) Objects.requireNonNull(golden.get("loss"));
    Config config = (Config) Objects.requireNonNull(serialized.get("config"));
    boolean hinge = "CategoricalHinge".equals(serialized.get("class_name"));
    Object axis = Objects.requireNonNull(serialized.get("axis"));
    return Losses.deserialize(
        serialized.without("axis").with("config", hinge ? config : config.with("axis", axis)));
  }

  @ParameterizedTest
  @MethodSource("names")
  void aLossAlongOtherAxesTrainsAsInKeras(String name) {
    Config golden =
        (Config) Objects.requireNonNull(GOLDEN.reader("golden").config("cases").get(name));
    ConfigReader reader = golden.reader(name);
    Loss loss = loss(golden);
    assertEquals(loss.getConfig(), Losses.deserialize(Losses.serialize(loss)).getConfig());
    Sequential model =
        new Sequential()
            .add(
                Dense.of(4)
                    .activation(Objects.requireNonNullElse(golden.get("activation"), "linear"))
                    .inputShape(3, 2));
    model.compile(
        SGD.builder().learningRate(0.1).build(), loss, reader.optionalList("metrics"), List.of());
    model.build(3, 2);
    List<?> start = reader.optionalList("start");
    model.setWeights(start.stream().map(v -> floats((List<?>) v)).toArray(float[][]::new));
    float[] x = floats(GOLDEN.reader("golden").numbers("x"));
    LocalData plain = LocalData.of(Shape.of(3, 2), x, 12, floats(reader.numbers("labels")));
    LocalData data = plain;
    if (golden.get("weights") != null) {
      float[] weights = floats(reader.numbers("weights"));
      int width = weights.length / ROWS;
      float[][] ofRows = new float[ROWS][];
      for (int row = 0; row < ROWS; row++) {
        ofRows[row] = Arrays.copyOfRange(weights, row * width, (row + 1) * width);
      }

      data = plain.weights(ofRows);
    }

    FitOptions options =
        FitOptions.builder().epochs(2).batchSize(4).shards(3).shuffle(false).verbose(0).build();
    History history = model.fit(data, options);
    Config expected = reader.config("history");
    assertEquals(new TreeSet<>(expected.keys()), new TreeSet<>(history.history().keySet()));
    for (String key : expected.keys()) {
      List<Double> numbers = expected.reader(name).numbers(key);
      for (int epoch = 0; epoch < 2; epoch++) {
        assertEquals(numbers.get(epoch), history.values(key).get(epoch), 2e-5, key);
      }
    }

    List<?> end = reader.optionalList("end");
    for (int i = 0; i < end.size(); i++) {
      assertArrayEquals(floats((List<?>) end.get(i)), model.getWeights()[i], 2e-5f);
    }

    Map<String, Double> evaluated = model.evaluate(plain, 4);
    Config results = reader.config("evaluate");
    for (String key : results.keys()) {
      assertEquals(results.reader(name).number(key), evaluated.get(key), 2e-5, key);
    }
  }

  private static String refused(Sequential model, Object loss, List<?> metrics) {
    return assertThrows(
            IllegalArgumentException.class,
            () -> {
              model.compile("sgd", loss, metrics, List.of());
              model.build(3, 2);
            })
        .getMessage();
  }

  @Test
  void axesThatAnOutputLacksAreRefused() {
    Sequential model = new Sequential().add(Dense.of(4).inputShape(3, 2));
    assertEquals(
        "The loss categorical_crossentropy: 'axis' must be axes of the output 'dense', whose rows"
            + " have the shape (3, 4): from 1 to 2, or from -2 to -1, each once. Received: [3]",
        refused(model, CategoricalCrossentropy.builder().axis(3).build(), List.of()));
    assertEquals(
        "The loss dice: 'axis' must be axes of the output 'dense', whose rows have the shape"
            + " (3, 4): from 1 to 2, or from -2 to -1, each once. Received: [1, -2]",
        refused(model, Losses.get("dice", Map.of("axis", List.of(1, -2))), List.of()));
  }

  @Test
  void masksGoWithTheLastAxisOnly() {
    Sequential model =
        new Sequential().add(Embedding.of(5, 3).maskZero(true).inputShape(4)).add(Dense.of(2));
    model.compile("sgd", CategoricalCrossentropy.builder().axis(1).build());
    assertEquals(
        "The loss categorical_crossentropy of the output 'dense' of shape (4, 2) lies along other"
            + " axes than the last (axis=[1]), which a mask can't be used with",
        assertThrows(IllegalArgumentException.class, () -> model.build(4)).getMessage());
  }
}
