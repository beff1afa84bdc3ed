package io.firesteel.callbacks;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A path with fields in the style of Python's {@code format}, such as {@code {val_loss:.2f}}. */
final class FilePattern {

  private static final Pattern FIELD =
      Pattern.compile("\\{(\\w+)(?::(0?\\d*)(\\.\\d+)?([dfe]?))?}");

  private final String pattern;

  FilePattern(String pattern) {
    this.pattern = pattern;
    String rest = FIELD.matcher(pattern).replaceAll("");
    if (rest.contains("{") || rest.contains("}")) {
      throw new IllegalArgumentException(
          "ModelCheckpoint: the fields of 'filepath' are {name}, {name:02d}, {name:.2f} or"
              + " {name:.2e}. Received: "
              + pattern);
    }
  }

  String format(int epoch, @Nullable Integer batch, Map<String, Double> logs) {
    Matcher field = FIELD.matcher(pattern);
    StringBuilder path = new StringBuilder();
    while (field.find()) {
      Object value =
          switch (field.group(1)) {
            case "epoch" -> Integer.valueOf(epoch);
            case "batch" -> batch == null ? missing("batch", logs) : batch;
            default ->
                logs.containsKey(field.group(1))
                    ? logs.get(field.group(1))
                    : missing(field.group(1), logs);
          };
      field.appendReplacement(path, Matcher.quoteReplacement(text(field, value)));
    }

    return field.appendTail(path).toString();
  }

  private static String text(Matcher field, Object value) {
    String width = field.group(2) == null ? "" : field.group(2);
    String precision = field.group(3) == null ? "" : field.group(3);
    String kind = field.group(4) == null ? "" : field.group(4);
    if (value instanceof Integer) {
      return String.format(Locale.ROOT, "%" + width + "d", value);
    }

    boolean plain = width.isEmpty() && precision.isEmpty() && kind.isEmpty();
    return plain
        ? String.valueOf(value)
        : String.format(
            Locale.ROOT, "%" + width + precision + (kind.equals("e") ? "e" : "f"), value);
  }

  private Object missing(String name, Map<String, Double> logs) {
    throw new IllegalArgumentException(
        "ModelCheckpoint: 'filepath' has the field {%s}, which is not available. Available: epoch, %s. Received: %s"
            .formatted(name, String.join(", ", logs.keySet()), pattern));
  }

  @Override
  public String toString() {
    return pattern;
  }
}
