package io.firesteel.saving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ArgumentTest {

  @Test
  void allowedValuesAreReturned() {
    assertEquals(-1e38, Argument.finite("A", "x", -1e38));
    assertEquals(0.0, Argument.nonNegative("A", "x", 0));
    assertEquals(0.0, Argument.nonPositive("A", "x", 0));
    assertEquals(1e-40, Argument.positive("A", "x", 1e-40));
    assertEquals(1.0, Argument.atLeast("A", "x", 1, 1));
    assertEquals(1.0, Argument.unit("A", "x", 1));
    assertEquals(0.0, Argument.belowOne("A", "x", 0));
    assertEquals(1.0, Argument.unitAboveZero("A", "x", 1));
    assertEquals(0.5, Argument.insideUnit("A", "x", 0.5));
    assertEquals(1L << 40, Argument.integer("A", "x", 1, 1L << 40));
    assertEquals(3, Argument.integer("A", "x", 1, 3, 3));
    assertEquals(Integer.MAX_VALUE, Argument.size("A", "x", 1, Integer.MAX_VALUE));
    assertEquals("t", Argument.notBlank("A", "x", "t"));
    assertEquals("b", Argument.oneOf("A", "x", "b", List.of("a", "b")));
    assertNull(Argument.oneOf("A", "x", null, Arrays.asList(null, "b")));
  }

  @Test
  void othersAreRefusedByOwnerAndArgument() {
    double nan = Double.NaN;
    assertRefused("finite. Received: 1.0E39", () -> Argument.finite("A", "x", 1e39));
    assertRefused("finite and >= 0. Received: NaN", () -> Argument.nonNegative("A", "x", nan));
    assertRefused("finite and <= 0. Received: 1.0", () -> Argument.nonPositive("A", "x", 1));
    assertRefused("finite and > 0. Received: 1.0E-46", () -> Argument.positive("A", "x", 1e-46));
    assertRefused("finite and >= 1. Received: 0.5", () -> Argument.atLeast("A", "x", 1, 0.5));
    assertRefused("finite and >= 1.5. Received: NaN", () -> Argument.atLeast("A", "x", 1.5, nan));
    assertRefused("in [0, 1]. Received: -0.5", () -> Argument.unit("A", "x", -0.5));
    assertRefused(
        "in [0, 1). Received: 0.99999999999", () -> Argument.belowOne("A", "x", 0.99999999999));
    assertRefused("in (0, 1]. Received: 0.0", () -> Argument.unitAboveZero("A", "x", 0));
    assertRefused("in (0, 1). Received: 1.0", () -> Argument.insideUnit("A", "x", 1));
    assertRefused("an integer >= 1. Received: 0", () -> Argument.integer("A", "x", 1, 0));
    assertRefused("an integer from 1 to 3. Received: 4", () -> Argument.integer("A", "x", 1, 3, 4));
    assertRefused(
        "an integer >= 1. Received: 2147483648", () -> Argument.size("A", "x", 1, 1L << 31));
    assertRefused(
        "a text that is not blank. Received: ' '", () -> Argument.notBlank("A", "x", " "));
    assertRefused(
        "one of null, b. Received: c",
        () -> Argument.oneOf("A", "x", "c", Arrays.asList(null, "b")));
    assertRefused("odd. Received: 2", () -> Argument.require("A", "x", 2, false, "odd"));
  }

  @Test
  void theNearestNameIsProposed() {
    List<String> known = List.of("adam", "adamax", "sgd", "learning_rate");
    assertEquals(" Did you mean 'adam'?", Argument.didYouMean("adma", known));
    assertEquals(" Did you mean 'learning_rate'?", Argument.didYouMean("Lerning_Rate", known));
    assertEquals("", Argument.didYouMean("rmsprop", known));
    assertEquals("", Argument.didYouMean("", known));
  }

  private static void assertRefused(String allowedAndReceived, Executable check) {
    assertEquals(
        "A: 'x' must be " + allowedAndReceived,
        assertThrows(IllegalArgumentException.class, check).getMessage());
  }
}
