package io.firesteel.initializers;

import static io.firesteel.testing.LayerGoldens.assertSameJson;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.RandomStream;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.PackageClasses;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InitializersTest {

  private static final Config IDENTIFIERS =
      (Config) LayerGoldens.load("identifiers").get("initializer");
  private static final Shape MATRIX = Shape.of(30, 40);

  /** Counts up from 0. */
  static final class Counting extends Initializer {
    @Override
    public float[] call(Shape shape, RandomStream random) {
      float[] values = new float[shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = i;
      }

      return values;
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  static Stream<Config> goldens() {
    return LayerGoldens.configs(LayerGoldens.load("configs"), "cases").stream()
        .filter(golden -> "initializer".equals(golden.get("kind")))
        .map(golden -> (Config) golden.get("serialized"));
  }

  static List<String> classNames() {
    return Initializers.classNames();
  }

  @Test
  void everyClassIsRegisteredAndHasAGolden() {
    Set<String> classes = new HashSet<>(PackageClasses.concrete(Initializer.class));
    Set<String> registered = new HashSet<>();
    for (String name : Initializers.classNames()) {
      registered.add(Initializers.get(name).getClass().getSimpleName());
      assertEquals(name, Initializers.get(name).className());
    }

    assertEquals(classes, registered);
    Set<Object> golden = new HashSet<>();
    goldens().forEach(config -> golden.add(config.get("class_name")));
    assertEquals(new HashSet<>(Initializers.classNames()), golden);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void isReadAndWrittenAsKerasWritesIt(Config serialized) {
    assertSameJson(serialized, Initializers.serialize(Initializers.deserialize(serialized)));
    assertSameJson(serialized, Initializers.serialize(Initializers.get(serialized)));
  }

  @Test
  void everyNameOfKerasStandsForTheSameDefaults() {
    for (String name : IDENTIFIERS.keys()) {
      assertSameJson(IDENTIFIERS.get(name), Initializers.serialize(Initializers.get(name)));
    }

    assertSameJson(Constant.of(0).getConfig(), Initializers.get("constant").getConfig());
  }

  @ParameterizedTest
  @MethodSource("classNames")
  void valuesDependOnTheStreamAlone(String name) {
    Initializer initializer = Initializers.get(name);
    float[] values = initializer.call(MATRIX, RandomStream.of(1, 2));
    assertEquals(MATRIX.size(), values.length);
    assertArrayEquals(values, initializer.call(MATRIX, RandomStream.of(1, 2)));
    assertArrayEquals(values, Initializers.get(name).call(MATRIX, RandomStream.of(1, 2)));
    boolean random = initializer instanceof RandomInitializer;
    assertEquals(random, !Arrays.equals(values, initializer.call(MATRIX, RandomStream.of(1, 3))));
  }

  @Test
  void anOwnSeedReplacesTheStream() {
    List<Supplier<Initializer>> seeded =
        List.of(
            () -> RandomNormal.of().seed(7),
            () -> RandomUniform.of().seed(7),
            () -> TruncatedNormal.of().seed(7),
            () -> VarianceScaling.of().seed(7),
            () -> Initializers.get("GlorotNormal", Map.of("seed", 7)),
            () -> Initializers.get("GlorotUniform", Map.of("seed", 7)),
            () -> Initializers.get("HeNormal", Map.of("seed", 7)),
            () -> Initializers.get("HeUniform", Map.of("seed", 7)),
            () -> Initializers.get("LecunNormal", Map.of("seed", 7)),
            () -> Initializers.get("LecunUniform", Map.of("seed", 7)),
            () -> Orthogonal.of().seed(7));
    for (Supplier<Initializer> supplier : seeded) {
      Initializer initializer = supplier.get();
      float[] values = initializer.call(MATRIX, RandomStream.of(1));
      assertArrayEquals(values, initializer.call(MATRIX, RandomStream.of(2)));
      assertEquals(7L, initializer.getConfig().get("seed"));
      Config again = Initializers.serialize(initializer);
      assertArrayEquals(values, Initializers.get(again).call(MATRIX, RandomStream.of(3)));
    }

    float[] other = RandomNormal.of().seed(8).call(MATRIX, RandomStream.of(1));
    assertFalse(Arrays.equals(other, seeded.get(0).get().call(MATRIX, RandomStream.of(1))));
  }

  @Test
  void nullIsRefused() {
    assertTrue(
        message(() -> Initializers.get(null))
            .startsWith("Could not interpret the initializer identifier null."));
  }

  @Test
  void unknownNamesAndFieldsAreRefused() {
    assertTrue(message(() -> Initializers.get("stft")).startsWith("Unknown initializer 'stft'."));
    Config config = Config.builder().put("class_name", "Zeros").build();
    for (String name : Initializers.classNames()) {
      Config wrong =
          config.with("class_name", name).with("config", Config.builder().put("gian", 1).build());
      assertTrue(
          message(() -> Initializers.get(wrong))
              .startsWith(name + " does not know the field 'gian'."));
    }
  }

  @Test
  void generatorsAsSeedsGiveEachVariableItsOwnValues() {
    String form =
        "{\"module\": \"keras.random\", \"class_name\": \"SeedGenerator\", \"config\": {\"seed\":"
            + " %s, \"name\": \"seed_generator\"}, \"registered_name\": null}";
    Shape shape = Shape.of(3, 4);
    for (String name : List.of("HeNormal", "Orthogonal", "RandomNormal", "RandomUniform")) {
      Config seeded = Config.builder().put("seed", Config.parse(form.formatted(7))).build();
      Initializer initializer = Initializers.get(name, seeded.toMap());
      assertEquals(seeded.get("seed"), initializer.getConfig().get("seed"), name);
      float[] first = initializer.call(shape, RandomStream.of(1));
      assertArrayEquals(first, initializer.call(shape, RandomStream.of(1)), name);
      assertFalse(Arrays.equals(first, initializer.call(shape, RandomStream.of(2))), name);
      Config plain = Config.builder().put("seed", Config.parse(form.formatted("null"))).build();
      assertArrayEquals(
          Initializers.get(name).call(shape, RandomStream.of(1)),
          Initializers.get(name, plain.toMap()).call(shape, RandomStream.of(1)),
          name);
      assertFalse(
          Arrays.equals(first, Initializers.get(name).call(shape, RandomStream.of(1))), name);
    }
  }

  @Test
  void otherObjectsAsSeedsAreRefused() {
    Config other = Config.builder().put("class_name", "Generator").build();
    assertEquals(
        "HeNormal: 'seed' must be an integer, null or a SeedGenerator. Received: " + other,
        message(() -> Initializers.get("HeNormal", Map.of("seed", other))));
  }

  @Test
  void constantsMayBeArraysThatBroadcast() {
    Initializer row = Initializers.get("Constant", Map.of("value", List.of(1.5, -2.0)));
    assertArrayEquals(
        new float[] {1.5f, -2.0f, 1.5f, -2.0f}, row.call(Shape.of(2, 2), RandomStream.of(1)));
    Config column =
        Config.parse(
            "{\"value\": {\"class_name\": \"__numpy__\", \"config\": {\"value\": [[3], [4]],"
                + " \"dtype\": \"int64\"}}}");
    Initializer saved = Initializers.get("Constant", column.toMap());
    assertArrayEquals(new float[] {3, 3, 4, 4}, saved.call(Shape.of(2, 2), RandomStream.of(1)));
    assertEquals(column, saved.getConfig());
    assertEquals(
        "Constant: 'value' must have the shape of the variable, (3,), or one that broadcasts to it."
            + " Received an array of shape (2,)",
        message(() -> row.call(Shape.of(3), RandomStream.of(1))));
    for (Object wrong :
        List.of(
            List.of(),
            List.of(1, List.of(2)),
            List.of(List.of(1), List.of(1, 2)),
            List.of("x"),
            Map.of("class_name", "__numpy__"))) {
      assertTrue(
          message(() -> Initializers.get("Constant", Map.of("value", wrong)))
              .startsWith("Constant: 'value' must be a number or an array of numbers. Received: "),
          wrong.toString());
    }
  }

  @Test
  void customInitializersAreRegistered() {
    Initializers.register("test", Counting.class, config -> new Counting());
    Config serialized = Initializers.serialize(new Counting());
    assertEquals("test>Counting", serialized.get("registered_name"));
    assertArrayEquals(
        new float[] {0, 1}, Initializers.get(serialized).call(Shape.of(2), RandomStream.of(0)));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
