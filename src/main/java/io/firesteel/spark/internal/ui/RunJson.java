package io.firesteel.spark.internal.ui;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.spark.scheduler.SparkListenerEvent;

/** What is shown, as JSON and back. */
final class RunJson {

  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .addMixIn(SparkListenerEvent.class, WithoutClass.class)
          .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

  /** Spark writes events with their class, for which there is no need here. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NONE)
  private interface WithoutClass {}

  private RunJson() {}

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A run can't be written as JSON", e);
    }
  }

  static <T> T read(String json, Class<T> type) {
    try {
      return MAPPER.readValue(json, type);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A run can't be read from JSON", e);
    }
  }

  /** Returns the tree of a value, what is not finite as text. */
  static JsonNode tree(Object value) {
    return read(write(value), JsonNode.class);
  }
}
