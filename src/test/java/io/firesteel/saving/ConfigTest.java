package io.firesteel.saving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigTest {

  @Test
  void jsonComesBackEqualWithTheOrderOfItsKeys() {
    String json =
        "{\"b\":1,\"a\":1.0E-7,\"n\":null,\"t\":true,\"l\":[1,\"x\",{\"k\":2.5}],\"o\":{\"z\":\"s\"}}";
    Config config = Config.parse(json);

    assertEquals(json, config.toJson());
    assertEquals(List.of("b", "a", "n", "t", "l", "o"), List.copyOf(config.keys()));
    assertEquals(config, Config.parse(config.toPrettyJson()));
  }

  @Test
  void everyDoubleKeepsItsBits() {
    for (double value : new double[] {0.1, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 1.0 / 3}) {
      Config config = Config.builder().put("v", value).build();
      double back = Config.parse(config.toJson()).reader("test").number("v");
      assertEquals(Double.doubleToRawLongBits(value), Double.doubleToRawLongBits(back));
    }
  }

  @Test
  void nonFiniteNumbersAreWrittenAsStringsAndReadAsNumbers() {
    Config config =
        Config.builder()
            .put("v", Arrays.asList(Double.NaN, Double.POSITIVE_INFINITY, -1.0 / 0.0))
            .build();

    assertEquals("{\"v\":[\"NaN\",\"Infinity\",\"-Infinity\"]}", config.toJson());
    assertEquals(
        List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY),
        Config.parse(config.toJson()).reader("test").numbers("v"));
    assertEquals(Double.NaN, Config.parse("{\"v\": NaN}").reader("test").number("v"));
  }

  @Test
  void equalityIgnoresTheOrderOfKeysAndTheWidthOfIntegers() {
    assertEquals(
        Config.parse("{\"a\":1,\"b\":2}"), Config.builder().put("b", 2).put("a", 1L).build());
  }

  @Test
  void withReplacesInPlaceAndWithoutRemoves() {
    Config config = Config.parse("{\"a\":1,\"b\":2}");

    assertEquals("{\"a\":3,\"b\":2}", config.with("a", 3).toJson());
    assertEquals("{\"b\":2}", config.without("a").toJson());
    assertEquals("{\"a\":1,\"b\":2}", config.toJson());
  }

  @Test
  void mapsBecomeConfigs() {
    Config config = Config.of(Map.of("outer", Map.of("inner", 1)));

    assertEquals("{\"outer\":{\"inner\":1}}", config.toJson());
    assertTrue(config.has("outer"));
    assertFalse(config.has("inner"));
    assertNull(config.get("inner"));
  }

  @Test
  void whatHasNoPlaceInJsonIsRefused() {
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> Config.builder().put("t", new Object[0]));
    assertTrue(error.getMessage().startsWith("The value of 't' has no place in a config"));

    error = assertThrows(IllegalArgumentException.class, () -> Config.of(Map.of(1, 2)));
    assertEquals("The keys of a config must be strings. Received the key: 1", error.getMessage());

    KerasSerializable object = Config::empty;
    error = assertThrows(IllegalArgumentException.class, () -> Config.builder().put("o", object));
    assertTrue(error.getMessage().startsWith("The value of 'o' must be serialized"));
  }

  @Test
  void brokenJsonIsRefusedWithItsPlace() {
    var error =
        assertThrows(IllegalArgumentException.class, () -> Config.parse("{\n  \"a\": tru\n}"));
    assertTrue(error.getMessage().contains("line 2"), error.getMessage());

    error = assertThrows(IllegalArgumentException.class, () -> Config.parse("[1]"));
    assertEquals("Expected a JSON object. Received: [1]", error.getMessage());
    error = assertThrows(IllegalArgumentException.class, () -> Config.parse("{\"a\":1,\"a\":2}"));
    assertTrue(error.getMessage().contains("Duplicate"), error.getMessage());
  }

  @Test
  void theReaderNamesUnknownFieldsAndTheKnownOnes() {
    ConfigReader reader = Config.parse("{\"epochs\":1,\"epoch\":2,\"x\":3}").reader("fit");
    reader.integer("epochs");
    reader.seen("batch_size");

    var error = assertThrows(IllegalArgumentException.class, reader::finish);
    assertEquals(
        "fit does not know the fields 'epoch', 'x'. Allowed: batch_size, epochs",
        error.getMessage());
  }

  @Test
  void theReaderChecksTypes() {
    Config config = Config.parse("{\"s\":\"x\",\"d\":2.5,\"i\":3,\"n\":null,\"b\":true}");

    assertEquals(3.0, config.reader("r").number("i"));
    assertEquals(2L, Config.parse("{\"i\":2.0}").reader("r").integer("i"));
    assertEquals(7.0, config.reader("r").number("absent", 7));
    assertNull(config.reader("r").nullableNumber("n", 1.0));
    assertEquals(1.0, config.reader("r").nullableNumber("absent", 1.0));
    assertTrue(config.reader("r").bool("b"));
    assertEquals(
        "r: 'd' must be an integer. Received: 2.5", message(() -> config.reader("r").integer("d")));
    assertEquals(
        "r: 's' must be a number. Received: x", message(() -> config.reader("r").number("s")));
    assertEquals(
        "r: 'i' must be a string. Received: 3", message(() -> config.reader("r").string("i")));
    assertEquals("r: 'n' must not be null", message(() -> config.reader("r").bool("n")));
    assertEquals(
        "r: the field 'gone' is missing. Received: s, d, i, n, b",
        message(() -> config.reader("r").config("gone")));
    assertEquals(
        "r: 'l' must be a list of strings. Received: [1]",
        message(() -> Config.parse("{\"l\":[1]}").reader("r").strings("l")));
  }

  private static String message(Runnable action) {
    return assertThrows(IllegalArgumentException.class, action::run).getMessage();
  }
}
