package io.firesteel.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.firesteel.saving.Config;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverridesTest {

  private static final Config JOB =
      Config.parse("{\"name\": \"x\", \"fit\": {\"epochs\": 1, \"callbacks\": [{\"a\": 1}]}}");

  @Test
  void fieldsAreReplacedAndAdded() {
    assertEquals(
        Config.parse(
            "{\"name\": \"y\", \"fit\": {\"epochs\": 5, \"callbacks\": [{\"a\": 1}]}, \"data\": {\"options\": {\"header\": true}}}"),
        Overrides.apply(JOB, List.of("name=y", "fit.epochs=5", "data.options.header=true")));
  }

  @Test
  void listsTakeAnIndexAndGrowAtTheirEnd() {
    assertEquals(
        Config.parse(
            "{\"name\": \"x\", \"fit\": {\"epochs\": 1, \"callbacks\": [{\"a\": 2}, {\"b\": 3}]}}"),
        Overrides.apply(JOB, List.of("fit.callbacks.0.a=2", "fit.callbacks.1.b=3")));
  }

  @Test
  void valuesAreJsonWhereTheyParseAndElseStrings() {
    assertEquals(1.5, valueOf("1.5"));
    assertEquals(List.of(1L, "a"), valueOf("[1, \"a\"]"));
    assertEquals(Config.parse("{\"path\": \"m\"}"), valueOf("{\"path\": \"m\"}"));
    assertEquals(null, valueOf("null"));
    assertEquals("text", valueOf("\"text\""));
    assertEquals("s3a://bucket/a=b", valueOf("s3a://bucket/a=b"));
    assertEquals("1, \"other\": 2", valueOf("1, \"other\": 2"));
    assertEquals("", valueOf(""));
  }

  private static Object valueOf(String text) {
    return Overrides.apply(Config.empty(), List.of("field=" + text)).get("field");
  }

  @Test
  void whatCannotBeSetIsRefused() {
    assertEquals("--set needs FIELD=VALUE, e.g. fit.epochs=5. Received: fit", refusal("fit"));
    assertEquals("--set needs FIELD=VALUE, e.g. fit.epochs=5. Received: =5", refusal("=5"));
    assertEquals(
        "--set needs names between the dots of the field. Received: fit..x", refusal("fit..x=1"));
    assertEquals(
        "--set name.first: 'first' can't be set in x, which has no fields",
        refusal("name.first=1"));
    assertEquals(
        "--set fit.callbacks.2: '2' must be an index of a list, from 0 to 1",
        refusal("fit.callbacks.2=1"));
    assertEquals(
        "--set fit.callbacks.a: 'a' must be an index of a list, from 0 to 1",
        refusal("fit.callbacks.a=1"));
  }

  private static String refusal(String setting) {
    return assertThrows(
            IllegalArgumentException.class, () -> Overrides.apply(JOB, List.of(setting)))
        .getMessage();
  }
}
