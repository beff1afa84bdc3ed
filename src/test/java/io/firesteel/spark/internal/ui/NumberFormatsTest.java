package io.firesteel.spark.internal.ui;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberFormatsTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "NaN, NaN",
    "Infinity, ∞",
    "-Infinity, -∞",
    "1, 1",
    "0.12345, 0.1235",
    "-12.3456, -12.35",
    "999.94, 999.9",
    "12345.6, 12346",
    "0.00012344, 1.234e-4",
    "3e-7, 3e-7",
    "2500000, 2.5e6"
  })
  void aNumberHasFourDigits(double value, String text) {
    assertEquals(text, NumberFormats.number(value));
  }

  @ParameterizedTest
  @CsvSource({"12, 12", "999, 999", "1500, 1.5k", "12345, 12.3k", "999999, 1M", "2.5e9, 2.5G"})
  void aLargeNumberHasThreeDigitsAndAUnit(double value, String text) {
    assertEquals(text, NumberFormats.compact(value));
  }

  @ParameterizedTest
  @CsvSource({
    "0.00004, 0.04 ms",
    "0.25, 250 ms",
    "3.14, 3.1 s",
    "59.6, 1 min 00 s",
    "42, 42 s",
    "185, 3 min 05 s",
    "7325, 2 h 02 min",
    "200000, 2 d 07 h",
    "NaN, -"
  })
  void aTimeSpanHasTwoUnitsAtMost(double seconds, String text) {
    assertEquals(text, NumberFormats.duration(seconds));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.30000000000000004, 0.3",
    "0.002994, 0.002994",
    "-2.5, -2.5",
    "25000, 25k",
    "1e-5, 1e-5"
  })
  void aTickHasTheDigitsItNeeds(double value, String text) {
    assertEquals(text, NumberFormats.tick(value));
  }

  @ParameterizedTest
  @CsvSource({"-1, -", "0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "52428800, 50 MiB"})
  void bytesAreInPowersOf1024(long bytes, String text) {
    assertEquals(text, NumberFormats.bytes(bytes));
  }

  @Test
  void whatWasThisSecondIsJustNow() {
    assertEquals("just now", NumberFormats.ago(System.currentTimeMillis()));
    assertTrue(NumberFormats.ago(System.currentTimeMillis() - 90_000).matches("1 min 3\\d s ago"));
  }
}
