package io.firesteel.spark.internal.execution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.testing.CapturedLog;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class SourceSettingsTest {

  private static SourceSettings of(String... keyValues) {
    SparkConf conf = new SparkConf(false);
    for (int i = 0; i < keyValues.length; i += 2) {
      conf.set("spark.firesteel." + keyValues[i], keyValues[i + 1]);
    }

    return SourceSettings.of(conf);
  }

  private static void assertRefused(String message, String key, String value) {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> of(key, value));

    assertEquals("spark.firesteel." + key + message + value, refusal.getMessage());
  }

  @Test
  void theDefaultsAreThoseOfTheJavadoc() {
    assertEquals(new SourceSettings(true, 10_000, 600_000, 3000, false, false), of());
  }

  @Test
  void everySettingIsRead() {
    assertEquals(
        new SourceSettings(false, 500, 120_000, 7000, true, true),
        of(
            "gradientSource",
            "job",
            "resident.reassemblyTimeout",
            "500ms",
            "resident.progressTimeout",
            "2m",
            "resident.yieldAfter",
            "7s",
            "strictEnvironments",
            "true",
            "reliableShards",
            "true"));
  }

  @Test
  void otherValuesAreRefused() {
    assertRefused(" must be resident or job. Received: ", "gradientSource", "barrier");
    assertRefused(" must be true or false. Received: ", "strictEnvironments", "yes");
    assertRefused(" must be true or false. Received: ", "reliableShards", "1");
    String time = " must be a time such as 500ms, 10s or 5m, above 0. Received: ";
    assertRefused(time, "resident.reassemblyTimeout", "soon");
    assertRefused(time, "resident.progressTimeout", "0s");
    assertRefused(time, "resident.yieldAfter", "-1s");
  }

  @Test
  void differentEnvironmentsAreWarnedAboutOnceOrRefused() {
    Environments lenient = new Environments(false);
    try (CapturedLog log = CapturedLog.of(Environments.class)) {
      for (String environment : new String[] {"a", "b", "a", "c"}) {
        lenient.note(environment);
      }

      assertEquals(
          "The executors compute with different libraries or CPUs, so weights may differ in the"
              + " last bits from run to run: [a, b]",
          log.text());
    }

    assertEquals(Set.of("a", "b", "c"), lenient.seen());
    Environments strict = new Environments(true);
    strict.note("a");
    strict.note("a");
    IllegalStateException refusal =
        assertThrows(IllegalStateException.class, () -> strict.note("b"));
    assertEquals(
        "spark.firesteel.strictEnvironments allows one kind of executor only. Received: [a, b]",
        refusal.getMessage());
  }

  @Test
  void anUnknownSettingIsRefusedWithTheNearestOne() {
    String message =
        assertThrows(IllegalArgumentException.class, () -> of("gradientsource", "job"))
            .getMessage();
    assertEquals(
        "Unknown setting spark.firesteel.gradientsource. Allowed: spark.firesteel.gradientSource, ",
        message.substring(0, message.indexOf("spark.firesteel.reliableShards")));
    assertEquals(
        "ui.enabled. Did you mean 'spark.firesteel.gradientSource'?",
        message.substring(message.indexOf("ui.enabled")));
  }
}
