package io.firesteel.constraints;

import static io.firesteel.testing.LayerGoldens.assertClose;
import static io.firesteel.testing.LayerGoldens.assertSameJson;
import static io.firesteel.testing.LayerGoldens.floats;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.saving.Config;
import io.firesteel.tensor.Shape;
import io.firesteel.testing.LayerGoldens;
import io.firesteel.testing.PackageClasses;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConstraintsTest {

  static Stream<Config> configs() {
    return LayerGoldens.configs(LayerGoldens.load("configs"), "cases").stream()
        .filter(golden -> "constraint".equals(golden.get("kind")))
        .map(golden -> (Config) golden.get("serialized"));
  }

  static Stream<Config> projections() {
    return LayerGoldens.configs(LayerGoldens.load("constraints"), "cases").stream();
  }

  /** Sets all weights to zero. */
  static final class Zero extends Constraint {
    @Override
    public void call(Shape shape, float[] weight) {
      java.util.Arrays.fill(weight, 0.0f);
    }

    @Override
    public Config getConfig() {
      return Config.empty();
    }
  }

  @Test
  void everyClassIsRegistered() {
    assertEquals(
        new HashSet<>(PackageClasses.concrete(Constraint.class)),
        new HashSet<>(Constraints.classNames()));
  }

  @ParameterizedTest
  @MethodSource("configs")
  void isReadAndWrittenAsKerasWritesIt(Config serialized) {
    assertSameJson(serialized, Constraints.serialize(Constraints.deserialize(serialized)));
  }

  @Test
  void everyNameOfKerasStandsForTheSameDefaults() {
    Config identifiers = (Config) LayerGoldens.load("identifiers").get("constraint");
    for (String name : identifiers.keys()) {
      assertSameJson(identifiers.get(name), Constraints.serialize(Constraints.get(name)));
    }
  }

  @ParameterizedTest
  @MethodSource("projections")
  void projectsAsKerasDoes(Config golden) {
    Constraint constraint = Constraints.get(golden.get("serialized"));
    float[] weight = floats(golden, "weight");
    constraint.call(LayerGoldens.shape(golden, "shape"), weight);
    assertClose(floats(golden, "projected"), weight, 3e-7, "weight");
  }

  @Test
  void axesAreSetAsInTheConfig() {
    assertSameJson(List.of(0, 1), MaxNorm.of(1).axis(0, 1).getConfig().get("axis"));
    assertSameJson(1, UnitNorm.of().axis(1).getConfig().get("axis"));
    assertSameJson(-1, MinMaxNorm.of().axis(-1).getConfig().get("axis"));
    assertSameJson(0.5, MinMaxNorm.of().rate(0.5).getConfig().get("rate"));
  }

  @Test
  void zerosStayZeros() {
    for (Constraint constraint : List.of(MaxNorm.of(), UnitNorm.of(), MinMaxNorm.of(1, 2))) {
      float[] weight = new float[4];
      constraint.call(Shape.of(2, 2), weight);
      assertArrayEquals(new float[4], weight);
    }
  }

  @Test
  void nullIsNone() {
    assertNull(Constraints.get(null));
    assertNull(Constraints.serialize(null));
  }

  @Test
  void customConstraintsAreRegistered() {
    Constraints.register("test", Zero.class, config -> new Zero());
    Config serialized = Constraints.serialize(new Zero());
    assertEquals("test>Zero", serialized.get("registered_name"));
    assertEquals(Zero.class, Constraints.get("test>Zero").getClass());
  }

  @Test
  void axesOutsideTheShapeAreRefused() {
    for (Constraint constraint :
        List.of(MaxNorm.of().axis(2), UnitNorm.of().axis(2), MinMaxNorm.of().axis(2))) {
      assertEquals(
          constraint.getClass().getSimpleName()
              + ": 'axis' must be within -2 to 1 for a weight of shape (3, 4). Received: 2",
          message(() -> constraint.checkShape(Shape.of(3, 4))));
    }

    assertTrue(
        message(() -> MaxNorm.of().axis(-2).call(Shape.of(3), new float[3]))
            .startsWith("MaxNorm: 'axis' must be within -1 to 0"));
    NonNeg.of().checkShape(Shape.scalar());
  }

  @Test
  void wrongArgumentsAreRefused() {
    assertEquals(
        "MaxNorm: 'max_value' must be a number >= 0. Received: -1.0",
        message(() -> MaxNorm.of(-1)));
    assertEquals(
        "MinMaxNorm: 'min_value' and 'max_value' must be numbers with 0 <= min_value <= max_value."
            + " Received: min_value=2.0, max_value=1.0",
        message(() -> MinMaxNorm.of(2, 1)));
    assertEquals(
        "MinMaxNorm: 'rate' must be in [0, 1]. Received: 1.5",
        message(() -> MinMaxNorm.of().rate(1.5)));
    assertTrue(message(() -> Constraints.get("norm")).startsWith("Unknown constraint 'norm'."));
    assertEquals(
        "UnitNorm: 'axis' must be an integer or a list of integers. Received: [0.5]",
        message(() -> Constraints.get(serialized("UnitNorm", "axis", List.of(0.5)))));
    for (String name : Constraints.classNames()) {
      assertTrue(
          message(() -> Constraints.get(serialized(name, "max", 1)))
              .startsWith(name + " does not know the field 'max'."));
    }
  }

  private static Config serialized(String name, String key, Object value) {
    return Config.builder()
        .put("class_name", name)
        .put("config", Config.builder().put(key, value).build())
        .build();
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
