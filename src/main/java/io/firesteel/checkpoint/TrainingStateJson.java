package io.firesteel.checkpoint;

import io.firesteel.saving.Config;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON of a training state. JSON has no number for NaN and the infinities, so they stand there
 * as the strings {@code "NaN"}, {@code "Infinity"} and {@code "-Infinity"}, and become numbers
 * again when read. A genuine string of that text would come back as a number and is refused. All
 * other numbers keep every bit.
 */
final class TrainingStateJson {

  private TrainingStateJson() {}

  /**
   * Returns the JSON text.
   *
   * @throws IllegalArgumentException if a string reads like a number
   */
  static String write(Config state) {
    return encode(state).toPrettyJson();
  }

  /**
   * Returns the state in a JSON text.
   *
   * @throws IllegalArgumentException if the text is no JSON object
   */
  static Config read(String json) {
    return decode(Config.parse(json));
  }

  private static Config encode(Config config) {
    Config.Builder builder = Config.builder();
    config.keys().forEach(key -> builder.put(key, encode(key, config.get(key))));
    return builder.build();
  }

  private static @Nullable Object encode(String key, @Nullable Object value) {
    if (value instanceof Double number && !Double.isFinite(number)) {
      return number.toString();
    }

    if (value instanceof String text && nonFinite(text) != null) {
      throw new IllegalArgumentException(
          "The training state's '%s' must not be a string that reads like a number. Received: \"%s\""
              .formatted(key, text));
    }

    if (value instanceof List<?> items) {
      List<@Nullable Object> copy = new ArrayList<>(items.size());
      items.forEach(item -> copy.add(encode(key, item)));
      return copy;
    }

    return value instanceof Config config ? encode(config) : value;
  }

  private static Config decode(Config config) {
    Config.Builder builder = Config.builder();
    config.keys().forEach(key -> builder.put(key, decode(config.get(key))));
    return builder.build();
  }

  private static @Nullable Object decode(@Nullable Object value) {
    if (value instanceof String text) {
      Double number = nonFinite(text);
      return number == null ? text : number;
    }

    if (value instanceof List<?> items) {
      List<@Nullable Object> copy = new ArrayList<>(items.size());
      items.forEach(item -> copy.add(decode(item)));
      return copy;
    }

    return value instanceof Config config ? decode(config) : value;
  }

  private static @Nullable Double nonFinite(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> null;
    };
  }
}
