package io.firesteel.ml;

import io.firesteel.metrics.Metric;
import io.firesteel.metrics.Metrics;
import io.firesteel.saving.Config;
import java.util.List;

/** Names and serialized objects as the text of a param. */
final class Identifiers {

  private static final String LIST = "list";

  private Identifiers() {}

  /** Returns a name or a config as {@code compile} takes it. */
  static Object parse(String param, String text) {
    return text.stripLeading().startsWith("{") ? config(param, text) : text;
  }

  /** Returns the names and configs of a list, or of the one name that stands alone. */
  static List<?> parseList(String param, String text) {
    if (!text.stripLeading().startsWith("[")) {
      return List.of(parse(param, text));
    }

    return config(param, "{\"" + LIST + "\": " + text + "}").reader(param).list(LIST);
  }

  /** Returns JSON that is an object. */
  static Config config(String param, String json) {
    try {
      return Config.parse(json);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(param, e.getMessage()), e);
    }
  }

  static String toJson(List<?> identifiers) {
    String json = Config.builder().put(LIST, identifiers).build().toJson();
    return json.substring(json.indexOf('['), json.lastIndexOf(']') + 1);
  }

  static String metricsToJson(List<?> metrics) {
    return toJson(metrics.stream().map(Identifiers::serialized).toList());
  }

  private static Object serialized(Object metric) {
    return metric instanceof Metric object ? Metrics.serialize(object) : metric;
  }
}
